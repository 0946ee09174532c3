import type { SchedulerLimits } from '../ledger.ts';
import type { Priority, TaskSpec } from '../task.ts';
import type { Random } from './random.ts';

export interface Scenario {
  readonly limits: SchedulerLimits;
  readonly sessions: readonly string[];
  /** Shares of chance, each for one thing that can go wrong. */
  readonly odds: {
    readonly failure: number;
    readonly engineFailure: number;
    readonly crash: number;
    readonly clockJump: number;
    readonly cancel: number;
    readonly hold: number;
    readonly lasts: number;
    readonly terminal: number;
    readonly pressure: number;
  };
  readonly tasks: number;
}

const SOMETIMES = [0, 0, 0.02, 0.1];

export function randomScenario(random: Random): Scenario {
  const memoryBytes = random.between(4, 16);
  const profiles = Object.fromEntries(
    Array.from({ length: random.between(1, 4) }, (_, index) => [
      `profile-${index}`,
      {
        slots: random.between(1, 4),
        memoryBytes: random.between(0, Math.min(memoryBytes, 8)),
        isBeside: random.chance(0.15),
      },
    ]),
  );
  return {
    limits: {
      globalMax: random.between(1, 6),
      memoryBytes,
      profiles,
      ageThresholdMs: random.pick([500, 2000, 10_000]),
      settleMs: 1000,
    },
    sessions: Array.from({ length: random.between(1, 5) }, (_, index) => `session-${index}`),
    odds: {
      failure: random.pick([0, 0.05, 0.3]),
      engineFailure: random.pick(SOMETIMES),
      crash: random.pick([0, 0, 0.005, 0.02]),
      clockJump: random.pick(SOMETIMES),
      cancel: random.pick(SOMETIMES),
      hold: random.pick(SOMETIMES),
      lasts: random.pick(SOMETIMES),
      terminal: random.pick(SOMETIMES),
      pressure: random.pick([0, 0, 0.02]),
    },
    tasks: random.between(5, 80),
  };
}

/** A batch of new tasks, some of which depend on each other or on earlier ones. */
export function randomBatch(
  random: Random,
  scenario: Scenario,
  known: { readonly ids: readonly string[]; readonly left: number },
): TaskSpec[] {
  const batch: TaskSpec[] = [];
  const size = Math.min(known.left, random.chance(0.7) ? 1 : random.between(2, 8));
  for (let index = 0; index < size; index += 1) {
    const before = [...known.ids, ...batch.map(({ id }) => id)];
    const dependencies = new Set<string>();
    if (before.length > 0 && random.chance(0.3)) {
      for (let count = random.between(1, 3); count > 0; count -= 1) dependencies.add(random.pick(before.slice(-12)));
    }
    batch.push({
      id: `task-${before.length}`,
      kind: 'command',
      // The numbers are priorities.
      priority: random.between(1, 5) as Priority,
      session: random.chance(0.1) ? '' : random.pick(scenario.sessions),
      profile: random.pick(Object.keys(scenario.limits.profiles)),
      dependencies: [...dependencies],
      effect: random.pick(['read', 'write']),
      preemptible: random.chance(0.6),
      timeoutMs: random.between(500, 20_000),
      ...(random.chance(0.1) ? { ttlMs: random.between(0, 10_000) } : {}),
      ...(random.chance(0.2) ? { retry: { times: random.between(1, 3), delayMs: random.between(0, 2000) } } : {}),
    });
  }
  return batch;
}
