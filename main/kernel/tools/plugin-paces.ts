import type { SessionId } from '../../../schema/entities.ts';
import { Budget, type BudgetLimits } from '../../base/budget.ts';
import type { Clock } from '../../base/clock.ts';
import { pause } from '../../base/pause.ts';

export interface PacedPlugin {
  readonly plugin: string;
  readonly session: SessionId;
}

const FORGET_OVER = 64;

/**
 * What each plugin of each session may have the kernel do: the thread that answers everybody is one, and whoever keeps it busy has
 * the others wait. Within its budget a plugin waits for nothing; beyond it, it waits until its own is paid back, and nobody else does.
 */
export class PluginPaces {
  readonly #clock: Clock;
  readonly #limits: BudgetLimits;
  readonly #budgets = new Map<string, Budget>();

  constructor(clock: Clock, limits: BudgetLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Resolves when it is paid back, or the signal aborts; undefined where there is nothing to wait for. */
  spend(by: PacedPlugin, cost: number, signal: AbortSignal): Promise<void> | undefined {
    const waitMs = this.charge(by, cost);
    return waitMs === 0 ? undefined : pause(this.#clock, waitMs, signal);
  }

  /** Of what has been done already: the next one waits for it. Gives for how many milliseconds. */
  charge(by: PacedPlugin, cost: number): number {
    return this.#budgetOf(by).spend(cost, this.#clock.now());
  }

  #budgetOf({ plugin, session }: PacedPlugin): Budget {
    const key = `${session}\0${plugin}`;
    const known = this.#budgets.get(key);
    if (known !== undefined) return known;
    const nowMs = this.#clock.now();
    if (this.#budgets.size >= FORGET_OVER) {
      for (const [each, budget] of this.#budgets) if (budget.isWhole(nowMs)) this.#budgets.delete(each);
    }
    const budget = new Budget(this.#limits, nowMs);
    this.#budgets.set(key, budget);
    return budget;
  }
}
