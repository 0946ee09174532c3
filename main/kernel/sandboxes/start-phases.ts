import type { Phase } from '../../../schema/entities.ts';
import type { Clock } from '../../base/clock.ts';

interface Begun {
  readonly phase: Phase;
  readonly startedMs: number;
}

/** What a start is at: its parts in the order in which they began, each with its time, told anew with every change. */
export class StartPhases {
  readonly #clock: Clock;
  readonly #onChange: (phases: readonly Phase[]) => void;
  readonly #begun = new Map<string, Begun>();
  #firstFailure: { readonly cause: unknown } | undefined;

  constructor(clock: Clock, onChange: (phases: readonly Phase[]) => void = () => undefined) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  get list(): readonly Phase[] {
    return [...this.#begun.values()].map(({ phase }) => phase);
  }

  /** Gives what the work gives, and notes how long it took, also where it failed. */
  async follow<T>(name: string, work: Promise<T>): Promise<T> {
    const startedMs = performance.now();
    const phase: Phase = { name, durationMs: 0, state: 'working', startedAt: this.#clock.now() };
    this.#set(name, { phase, startedMs });
    try {
      const value = await work;
      this.#set(name, { phase: { name, durationMs: sinceMs(startedMs) }, startedMs });
      return value;
    } catch (cause) {
      this.#fail(name, startedMs, cause);
      throw cause;
    }
  }

  /** What a part under way is at; `share` where it can be told. */
  note(name: string, detail: string, share?: number): void {
    const begun = this.#begun.get(name);
    if (begun?.phase.state !== 'working') return;
    const durationMs = sinceMs(begun.startedMs);
    const { share: _before, ...former } = begun.phase;
    this.#set(name, { ...begun, phase: { ...former, durationMs, detail, ...(share === undefined ? {} : { share }) } });
  }

  /** A part that fails only because another one did is nothing to tell. */
  #fail(name: string, startedMs: number, cause: unknown): void {
    if (this.#firstFailure?.cause === cause) {
      this.#begun.delete(name);
      return this.#onChange(this.list);
    }
    this.#firstFailure ??= { cause };
    const detail = this.#begun.get(name)?.phase.detail;
    const phase: Phase = { name, durationMs: sinceMs(startedMs), state: 'failed', ...(detail ? { detail } : {}) };
    this.#set(name, { phase, startedMs });
  }

  #set(name: string, begun: Begun): void {
    this.#begun.set(name, begun);
    this.#onChange(this.list);
  }
}

function sinceMs(startedMs: number): number {
  return Math.round(performance.now() - startedMs);
}
