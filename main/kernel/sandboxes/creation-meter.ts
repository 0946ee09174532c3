import type { Sandbox, SandboxId } from '../../../schema/entities.ts';
import type { Clock } from '../../base/clock.ts';
import { DurationCounts } from '../../base/duration-counts.ts';

export interface CreationCount {
  readonly result: 'running' | 'failed';
  /** From when it was asked for until it could be used, or was given up. */
  readonly durations: DurationCounts;
}

/** Counts how sandboxes came to be since the kernel's start, and how long whoever asked for one waited. */
export class CreationMeter {
  readonly #clock: Clock;
  readonly #creating = new Set<SandboxId>();
  readonly #running = new DurationCounts();
  readonly #failed = new DurationCounts();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** To be told of each change of a sandbox. */
  changed({ id, state, createdAt }: Pick<Sandbox, 'id' | 'state' | 'createdAt'>): void {
    if (state === 'creating') {
      this.#creating.add(id);
      return;
    }
    if (!this.#creating.delete(id)) return;
    const durationMs = Math.max(0, this.#clock.now() - createdAt);
    if (state === 'running') this.#running.observe(durationMs);
    else this.#failed.observe(durationMs);
  }

  counts(): CreationCount[] {
    return [
      { result: 'running', durations: this.#running },
      { result: 'failed', durations: this.#failed },
    ];
  }
}
