import type { Decision } from '../../../schema/policy.ts';
import { Fault } from '../../../schema/fault.ts';

/** What is needed to judge an act once more. */
export interface ActToWatch {
  readonly syscall: string;
  readonly signal: AbortSignal;
  readonly judge: () => Decision | Promise<Decision>;
}

/** One act under way. Disposing it, when the act has ended, forgets it. */
export interface WatchedAct extends Disposable {
  /** Aborts with the caller's signal, and when the act is stopped. */
  readonly signal: AbortSignal;
  /** Why it was stopped; undefined while it was not. */
  readonly refusal: Fault | undefined;
  /** Never rejects: an act that cannot be judged is stopped. */
  judgeAgain(): Promise<void>;
}

/**
 * The acts that were allowed and are under way. A policy that changes is not only about what comes: each of them is judged
 * again, and one that would be denied now is stopped. A request for review stops nothing, as a person may have answered it.
 */
export class RunningActs {
  readonly #acts = new Set<RunningAct>();
  #changes = 0;

  /** How often the policy has changed: an act that was decided before a change and begins after it has to be judged again. */
  get changes(): number {
    return this.#changes;
  }

  watch(act: ActToWatch): WatchedAct {
    const running = new RunningAct(act, () => this.#acts.delete(running));
    this.#acts.add(running);
    return running;
  }

  /** To be called when the policy has changed. Resolves when every act was judged; never rejects. */
  async judgeAgain(): Promise<void> {
    this.#changes += 1;
    await Promise.all([...this.#acts].map((act) => act.judgeAgain()));
  }
}

class RunningAct implements WatchedAct {
  readonly signal: AbortSignal;
  readonly #act: ActToWatch;
  readonly #stop = new AbortController();
  readonly #onEnd: () => void;
  #refusal: Fault | undefined;

  constructor(act: ActToWatch, onEnd: () => void) {
    this.#act = act;
    this.#onEnd = onEnd;
    this.signal = AbortSignal.any([act.signal, this.#stop.signal]);
  }

  get refusal(): Fault | undefined {
    return this.#refusal;
  }

  async judgeAgain(): Promise<void> {
    try {
      const decision = await this.#act.judge();
      if (decision.decision === 'deny') this.#refuse(decision);
    } catch {
      this.#refuse(undefined);
    }
  }

  [Symbol.dispose](): void {
    this.#onEnd();
  }

  #refuse(decision: Decision | undefined): void {
    if (this.#refusal !== undefined || this.signal.aborted) return;
    const why =
      decision === undefined
        ? 'The new policy could not be asked.'
        : `rule ${decision.rule ?? 'none'}: ${decision.reasons.join('; ')}`;
    this.#refusal = new Fault('denied', `Cannot go on with ${this.#act.syscall}: the policy changed and denies it`, {
      why,
      fix: 'See `cavern policy explain` for every rule that was considered.',
      ...(decision === undefined ? {} : { data: { decision } }),
    });
    this.#stop.abort(this.#refusal);
  }
}
