import { createStore } from 'zustand/vanilla';
import type { ToolEvent } from '../../../schema/contract/tool.ts';
import type { Failure, SessionId, Tool } from '../../../schema/entities.ts';
import type { Decision } from '../../../schema/policy.ts';
import { decisionOf, failureOf, isCancelled } from '../../app/failure.ts';
import type { KernelClient } from '../../app/kernel-client.ts';

export type RunState = 'running' | 'done' | 'failed' | 'denied' | 'cancelled';

export interface Progress {
  readonly message: string;
  readonly done?: number;
  readonly total?: number;
}

export interface Run {
  readonly id: number;
  readonly tool: string;
  readonly startedAt: number;
  readonly state: RunState;
  readonly output: string;
  readonly progress?: Progress;
  readonly result?: unknown;
  readonly truncated?: boolean;
  readonly decision?: Decision;
  readonly failure?: Failure;
  readonly durationMs?: number;
  readonly overheadMs?: number;
}

interface ToolsState {
  readonly tools: readonly Tool[] | undefined;
  readonly loadFailure: Failure | undefined;
  readonly selected: string | undefined;
  readonly inputs: Readonly<Record<string, Record<string, unknown>>>;
  /** The newest first. */
  readonly runs: readonly Run[];
}

export interface ToolsStoreOptions {
  readonly client: Pick<KernelClient, 'tool'>;
  readonly session: SessionId;
  readonly now: () => number;
  /** A tool ended: files may have changed. */
  readonly onEnded: () => void;
}

const RUNS_KEPT = 20;
/** Characters of live output that are kept, the last ones. */
const OUTPUT_LIMIT = 256 * 1024;
const OUTPUT_DELAY_MS = 40;

/** The tools, what was typed into their forms, and the runs of one session. */
export class ToolsStore {
  readonly store = createStore<ToolsState>(() => ({
    tools: undefined,
    loadFailure: undefined,
    selected: undefined,
    inputs: {},
    runs: [],
  }));
  readonly #options: ToolsStoreOptions;
  readonly #running = new Map<number, AbortController>();
  /** Live output that is not shown yet, by run. */
  readonly #unshown = new Map<number, string>();
  #showTimer: ReturnType<typeof setTimeout> | undefined;
  #nextId = 1;

  constructor(options: ToolsStoreOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    try {
      const { tools } = await this.#options.client.tool.list({});
      this.store.setState({ tools, loadFailure: undefined });
    } catch (thrown) {
      this.store.setState({ loadFailure: failureOf(thrown) });
    }
  }

  select(selected: string): void {
    this.store.setState({ selected });
  }

  setInput(tool: string, input: Record<string, unknown>): void {
    this.store.setState(({ inputs }) => ({ inputs: { ...inputs, [tool]: input } }));
  }

  async run(tool: string, input: unknown): Promise<void> {
    const { client, session, now, onEnded } = this.#options;
    const id = this.#nextId++;
    const abort = new AbortController();
    this.#running.set(id, abort);
    const run: Run = { id, tool, startedAt: now(), state: 'running', output: '' };
    this.store.setState(({ runs }) => ({ runs: [run, ...runs].slice(0, RUNS_KEPT) }));
    try {
      for await (const event of client.tool.call({ session, name: tool, input }, { signal: abort.signal })) {
        this.#receive(id, event);
      }
    } catch (thrown) {
      this.#fail(id, thrown);
    } finally {
      this.#running.delete(id);
      onEnded();
    }
  }

  cancel(id: number): void {
    this.#running.get(id)?.abort();
  }

  #receive(id: number, event: ToolEvent): void {
    if (event.type === 'progress') return this.#change(id, () => ({ progress: event }));
    if (event.type === 'output') return this.#addOutput(id, event.text);
    const { result, decision, durationMs, overheadMs, truncated } = event;
    this.#showOutput();
    this.#change(id, () => ({
      state: 'done',
      result,
      decision,
      durationMs,
      overheadMs,
      truncated: truncated ?? false,
    }));
  }

  #fail(id: number, thrown: unknown): void {
    const decision = decisionOf(thrown);
    const state = isCancelled(thrown) ? 'cancelled' : decision === undefined ? 'failed' : 'denied';
    this.#showOutput();
    this.#change(id, (run) => ({
      state,
      durationMs: this.#options.now() - run.startedAt,
      ...(state === 'cancelled' ? {} : { failure: failureOf(thrown) }),
      ...(decision === undefined ? {} : { decision }),
    }));
  }

  /** Many small pieces are shown together, so that a flood does not keep the window drawing. */
  #addOutput(id: number, text: string): void {
    this.#unshown.set(id, ((this.#unshown.get(id) ?? '') + text).slice(-OUTPUT_LIMIT));
    this.#showTimer ??= setTimeout(() => this.#showOutput(), OUTPUT_DELAY_MS);
  }

  #showOutput(): void {
    clearTimeout(this.#showTimer);
    this.#showTimer = undefined;
    for (const [id, text] of this.#unshown) {
      this.#change(id, (run) => ({ output: (run.output + text).slice(-OUTPUT_LIMIT) }));
    }
    this.#unshown.clear();
  }

  #change(id: number, part: (run: Run) => Partial<Run>): void {
    this.store.setState(({ runs }) => ({ runs: runs.map((run) => (run.id === id ? { ...run, ...part(run) } : run)) }));
  }
}
