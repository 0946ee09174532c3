import type { Verdict } from '../../../schema/policy.ts';
import { DurationCounts } from '../../base/duration-counts.ts';

/** `refused`: the policy, a person, a key's scope or the audit's state said no; `failed`: it was let through and did not do it. */
export type CallResult = 'ok' | 'refused' | 'failed';

/** `policy`: what the rules said of a call; `review`: what a person said after them; `again`: the rules once more, while it ran. */
export type DecisionPhase = 'policy' | 'review' | 'again';

export interface CallCount {
  /** A name of the contract. */
  readonly call: string;
  readonly result: CallResult;
  readonly durations: DurationCounts;
}

export interface DecisionCount {
  readonly phase: DecisionPhase;
  /** The area of the contract that the call is of. */
  readonly kind: string;
  readonly action: Verdict | 'flag';
  readonly count: number;
}

const RESULTS = ['ok', 'refused', 'failed'] as const satisfies readonly CallResult[];
const PHASES = ['policy', 'review', 'again'] as const satisfies readonly DecisionPhase[];
const ACTIONS = ['allow', 'flag', 'require_review', 'deny'] as const satisfies readonly DecisionCount['action'][];

/** One call's: to count costs next to nothing, as it is done for each. */
class Counts {
  readonly durations = { ok: new DurationCounts(), refused: new DurationCounts(), failed: new DurationCounts() };
  readonly #decisions = new Float64Array(PHASES.length * ACTIONS.length);

  decided(phase: DecisionPhase, action: DecisionCount['action']): void {
    const index = PHASES.indexOf(phase) * ACTIONS.length + ACTIONS.indexOf(action);
    this.#decisions[index] = (this.#decisions[index] ?? 0) + 1;
  }

  decisions(phase: DecisionPhase, action: DecisionCount['action']): number {
    return this.#decisions[PHASES.indexOf(phase) * ACTIONS.length + ACTIONS.indexOf(action)] ?? 0;
  }
}

/** Counts what became of calls since the kernel's start, for whoever watches it; as many numbers as the contract has calls. */
export class CallMeter {
  readonly #counts = new Map<string, Counts>();

  ended(call: string, result: CallResult, durationMs: number): void {
    this.#of(call).durations[result].observe(durationMs);
  }

  decided(call: string, phase: DecisionPhase, action: DecisionCount['action']): void {
    this.#of(call).decided(phase, action);
  }

  /** What never happened is left out. */
  calls(): CallCount[] {
    return [...this.#counts].flatMap(([call, { durations }]) =>
      RESULTS.map((result) => ({ call, result, durations: durations[result] })).filter(
        (each) => each.durations.count > 0,
      ),
    );
  }

  /** What never happened is left out. */
  decisions(): DecisionCount[] {
    const kinds = new Map<string, Counts[]>();
    for (const [call, counts] of this.#counts) {
      const [kind = call] = call.split('.');
      kinds.set(kind, [...(kinds.get(kind) ?? []), counts]);
    }
    return [...kinds].flatMap(([kind, all]) =>
      PHASES.flatMap((phase) =>
        ACTIONS.map((action) => {
          const count = all.reduce((sum, counts) => sum + counts.decisions(phase, action), 0);
          return { phase, kind, action, count };
        }),
      ).filter(({ count }) => count > 0),
    );
  }

  #of(call: string): Counts {
    const known = this.#counts.get(call);
    if (known !== undefined) return known;
    const counts = new Counts();
    this.#counts.set(call, counts);
    return counts;
  }
}
