import type { Clock } from '../../base/clock.ts';
import type { SchedulerAudit } from './ports.ts';

export type MemoryPressure = 'none' | 'high' | 'critical';

export interface MemoryWatchOptions {
  /** What the kernel uses, and what it may use at most, both now. */
  readonly memory: () => { readonly usedBytes: number; readonly budgetBytes: number };
  readonly clock: Clock;
  readonly audit: SchedulerAudit;
}

const LOOK_EVERY_MS = 2000;
const HIGH = 0.8;
const CRITICAL = 0.9;
/** It has to fall below this before everything is as it was: nothing flickers at the edge. */
const EASED = 0.75;

/**
 * How short the kernel is of memory: `high` from 80 % of its budget, `critical` from 90 %. Each step is recorded. No
 * event tells of memory, so it is looked at every two seconds, which costs some microseconds.
 */
export class MemoryWatch implements Disposable {
  readonly #options: MemoryWatchOptions;
  readonly #listeners = new Set<(level: MemoryPressure) => void>();
  #level: MemoryPressure = 'none';
  #timer: Disposable | undefined;

  constructor(options: MemoryWatchOptions) {
    this.#options = options;
    this.#plan();
  }

  get level(): MemoryPressure {
    return this.#level;
  }

  onChange(listener: (level: MemoryPressure) => void): void {
    this.#listeners.add(listener);
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    this.#listeners.clear();
  }

  #plan(): void {
    this.#timer = this.#options.clock.setTimer(LOOK_EVERY_MS, () => {
      this.#look();
      if (this.#timer !== undefined) this.#plan();
    });
  }

  #look(): void {
    const { memory, audit } = this.#options;
    const { usedBytes, budgetBytes } = memory();
    const level = levelOf(usedBytes / budgetBytes, this.#level);
    if (level === this.#level) return;
    this.#level = level;
    audit.record({ type: 'memory_pressure', actor: 'kernel', data: { level, usedBytes, budgetBytes } });
    for (const listener of this.#listeners) listener(level);
  }
}

function levelOf(share: number, before: MemoryPressure): MemoryPressure {
  if (share >= CRITICAL) return 'critical';
  if (share >= HIGH) return 'high';
  return before !== 'none' && share >= EASED ? 'high' : 'none';
}
