import type { MissedRule } from '../../../../schema/contract/schedule.ts';
import type { TaskRequest } from '../../../../schema/contract/task.ts';
import { Schedules } from '../schedules.ts';
import { effectiveLevel } from '../task.ts';
import { BY, command, MemoryScheduleStore, SchedulerBench } from '../testing.fixture.ts';
import { timelineOf } from './task-timeline.ts';

const THRESHOLD_MS = 30_000;
const STEP_MS = 10_000;
const HOUR_MS = 3_600_000;
const MIDNIGHT = Date.UTC(2026, 0, 5);
const CLOSED_MS = 4.5 * HOUR_MS;

/** One slot, and every twenty seconds somebody of priority 2: how a task of priority 5 comes to its turn. While it waits its level is shown. */
export async function ageingPicture(): Promise<string> {
  const bench = new SchedulerBench({ globalMax: 1, ageThresholdMs: THRESHOLD_MS });
  const others = { session: 's2' as NonNullable<TaskRequest['session']>, priority: 2, preemptible: false } as const; // a session of the picture
  await bench.submit(command('first', others), command('patient', { priority: 5, preemptible: false }));
  for (let next = 1; bench.states()['patient'] !== 'completed'; next += 1) {
    bench.clock.advance(STEP_MS);
    await bench.submit(command(`next-${next}`, others));
    bench.clock.advance(STEP_MS);
    const running = bench.scheduler.list().find(({ state }) => state === 'running');
    await bench.finish(running?.name ?? '');
  }
  const ended = bench.scheduler.list().filter(({ state }) => state === 'completed');
  return timelineOf(ended, ({ priority }, state, forMs) =>
    state === 'queued' ? String(effectiveLevel(priority, forMs, THRESHOLD_MS)) : '#',
  );
}

const RULES: readonly (readonly [string, MissedRule])[] = [
  ['skip', { run: 'skip' }],
  ['once', { run: 'once' }],
  ['all, limit 2', { run: 'all', limit: 2 }],
];

/** Schedules of each rule, every hour, of a program that is closed from 03:00 to 07:30. */
export async function missedPicture(): Promise<string> {
  const bench = new SchedulerBench({});
  bench.clock.advance(MIDNIGHT - bench.clock.now());
  const store = new MemoryScheduleStore();
  const open = (): Schedules => new Schedules({ store, scheduler: bench.scheduler, audit: SILENT, clock: bench.clock });
  const passHours = async (schedules: Schedules, count: number, firstMs = HOUR_MS): Promise<void> => {
    for (let hour = 0; hour < count; hour += 1) {
      bench.clock.advance(hour === 0 ? firstMs : HOUR_MS);
      await schedules.look();
    }
  };
  const before = open();
  for (const [name, missed] of RULES) {
    await before.add({ name, everyMs: HOUR_MS, missed, task: command('job') }, BY);
  }
  await passHours(before, 3);
  before[Symbol.dispose]();
  bench.clock.advance(CLOSED_MS);
  using after = open();
  await after.look();
  await passHours(after, 2, HOUR_MS / 2);
  const head = Array.from({ length: 9 }, (_, index) => hourOf(MIDNIGHT + (index + 1) * HOUR_MS));
  const rows = after.list().map(({ id, name }) => {
    const runs = after.history(id).toSorted((a, b) => a.dueAt - b.dueAt);
    return row(
      name,
      runs.map(({ outcome, dueAt, at }) => (outcome === 'missed' ? 'missed' : at === dueAt ? 'ran' : hourOf(at))),
    );
  });
  return [row('', head), ...rows].join('');
}

const SILENT = { record: () => undefined };

function hourOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 16);
}

function row(name: string, cells: readonly string[]): string {
  return `${`${name.padEnd(14)}${cells.map((cell) => cell.padEnd(8)).join('')}`.trimEnd()}\n`;
}
