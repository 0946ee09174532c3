import type { Clock } from '../../base/clock.ts';

const CRASHES = 3;
const WITHIN_MS = 5 * 60_000;

/** Three crashes in five minutes are too many (spec: plugins.md, Life). */
export class CrashBudget {
  readonly #clock: Clock;
  readonly #crashes = new Map<string, number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a crash; true where it was one too many, which begins a new count. */
  spend(plugin: string): boolean {
    const now = this.#clock.now();
    const recent = (this.#crashes.get(plugin) ?? []).filter((at) => now - at < WITHIN_MS);
    recent.push(now);
    const isSpent = recent.length >= CRASHES;
    if (isSpent) this.#crashes.delete(plugin);
    else this.#crashes.set(plugin, recent);
    return isSpent;
  }
}
