import type { PolicyCall } from '../../../schema/policy.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { ExtensionLayer, ExtensionVerdict } from './extension-layer.ts';

/** An answer that is not there by then is none (spec: policy.md, The three layers). */
const ANSWER_LIMIT_MS = 100;
/** Starting takes some 100 ms; who loops while loading is not waited for. */
const LOAD_LIMIT_MS = 5_000;

/** A file of the operator's, as text. */
export interface ExtensionSource {
  readonly name: string;
  readonly text: string;
}

export interface ExtensionRuleNote {
  readonly name: string;
  /** Absent: asked about every call. */
  readonly syscalls?: readonly string[];
}

/** Port: one engine that runs extension rules. It is disposed of whatever the rules in it are doing. */
export interface ExtensionSandbox extends AsyncDisposable {
  /** Rejects with a message for the operator where a file cannot be loaded. */
  load(sources: readonly ExtensionSource[]): Promise<readonly ExtensionRuleNote[]>;
  /** Rejects where a rule failed; `dead` tells that the engine is no good any more. */
  judge(call: PolicyCall): Promise<readonly ExtensionVerdict[] | 'dead'>;
}

export interface ExtensionRulesOptions {
  readonly start: () => ExtensionSandbox;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Other rules are in force: what stood on the old ones ends. Undefined where there are none. */
  readonly onReplace: (layer: ExtensionLayer | undefined) => void;
}

export interface ExtensionState {
  readonly state: 'none' | 'ready' | 'failed';
  readonly rules: string[];
  readonly problem: string | null;
  readonly restarts: number;
  readonly lastMs: number | null;
}

interface Running {
  readonly sandbox: ExtensionSandbox;
  readonly ready: Promise<readonly ExtensionRuleNote[]>;
  /** Loading is over, well or badly: before that, whoever is late was not the rules. */
  settled: boolean;
  failed: boolean;
}

interface InForce {
  readonly sources: readonly ExtensionSource[];
  /** Undefined: they never loaded, and every call is denied. */
  readonly notes: readonly ExtensionRuleNote[] | undefined;
  running: Running;
}

/**
 * The operator's own rules, warm in an engine of their own. What does not answer in 100 ms or dies is started again, and the
 * call is denied meanwhile; files that do not load keep the last ones in force that did.
 */
export class ExtensionRules implements ExtensionLayer, AsyncDisposable {
  readonly #options: ExtensionRulesOptions;
  #inForce: InForce | undefined;
  #problem: string | null = null;
  #restarts = 0;
  #lastMs: number | null = null;

  constructor(options: ExtensionRulesOptions) {
    this.#options = options;
  }

  state(): ExtensionState {
    const state = this.#inForce === undefined ? 'none' : this.#inForce.notes === undefined ? 'failed' : 'ready';
    const rules = (this.#inForce?.notes ?? []).map(({ name }) => name);
    return { state, rules, problem: this.#problem, restarts: this.#restarts, lastMs: this.#lastMs };
  }

  /** Puts other files in force, once they have loaded. Never rejects: what is wrong is shown. */
  async replace(sources: readonly ExtensionSource[]): Promise<void> {
    const before = this.#inForce;
    if (sources.length === 0) {
      this.#problem = null;
      return this.#putInForce(undefined, before);
    }
    const running = this.#launch(sources);
    try {
      const notes = await this.#withLimit(running.ready, LOAD_LIMIT_MS);
      this.#problem = null;
      await this.#putInForce({ sources, notes, running }, before);
    } catch (thrown) {
      this.#problem = thrown instanceof Error ? thrown.message : String(thrown);
      this.#options.logger.error('extension rules could not be loaded', { problem: this.#problem });
      await running.sandbox[Symbol.asyncDispose]();
      if (before === undefined) await this.#putInForce({ sources, notes: undefined, running }, before);
    }
  }

  /** False for calls that no rule wants to be asked about. */
  concerns({ syscall }: PolicyCall): boolean {
    const notes = this.#inForce?.notes;
    return notes === undefined || notes.some(({ syscalls }) => syscalls === undefined || syscalls.includes(syscall));
  }

  async judge(call: PolicyCall): Promise<readonly ExtensionVerdict[]> {
    const inForce = this.#inForce;
    if (inForce === undefined) return [];
    if (inForce.notes === undefined) throw new Error('The extension rules never loaded');
    const { running } = inForce;
    const startedAt = performance.now();
    try {
      const verdicts = await this.#withLimit(
        running.ready.then(() => running.sandbox.judge(call)),
        ANSWER_LIMIT_MS,
      );
      this.#lastMs = performance.now() - startedAt;
      if (verdicts !== 'dead') return verdicts;
      this.#restart(inForce, running);
    } catch (thrown) {
      if (running.failed || (thrown instanceof TooLate && running.settled)) this.#restart(inForce, running);
      throw thrown;
    }
    throw new Error('The engine of the extension rules has died');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inForce?.running.sandbox[Symbol.asyncDispose]();
    this.#inForce = undefined;
  }

  #launch(sources: readonly ExtensionSource[]): Running {
    const sandbox = this.#options.start();
    const running: Running = { sandbox, ready: sandbox.load(sources), settled: false, failed: false };
    running.ready.then(
      () => (running.settled = true),
      () => (running.settled = running.failed = true),
    );
    return running;
  }

  async #putInForce(next: InForce | undefined, before: InForce | undefined): Promise<void> {
    this.#inForce = next;
    this.#options.onReplace(next && this);
    await before?.running.sandbox[Symbol.asyncDispose]();
  }

  /** Once for each engine, however many calls it owes an answer. */
  #restart(inForce: InForce, failed: Running): void {
    if (inForce.running !== failed) return;
    this.#restarts += 1;
    this.#options.logger.warn('extension rules are started again', { restarts: this.#restarts });
    inForce.running = this.#launch(inForce.sources);
    void failed.sandbox[Symbol.asyncDispose]();
  }

  async #withLimit<T>(work: Promise<T>, limitMs: number): Promise<T> {
    let late: ((cause: Error) => void) | undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      late = reject;
    });
    using _timer = this.#options.clock.setTimer(limitMs, () => late?.(new TooLate(`No answer within ${limitMs} ms`)));
    return await Promise.race([work, limit]);
  }
}

class TooLate extends Error {
  override readonly name = 'TooLate';
}
