import { expect, test } from 'vitest';
import type { MissedRule, ScheduleRequest } from '../../../schema/contract/schedule.ts';
import { recurrenceOf } from './recurrence.ts';
import { Schedules } from './schedules.ts';
import { BY, command, MemoryScheduleStore, SchedulerBench } from './testing.fixture.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function opened(bench: SchedulerBench, store = new MemoryScheduleStore()) {
  const audit = { record: ({ type }: { type: string }) => void bench.done.push(type) };
  return { store, schedules: new Schedules({ store, scheduler: bench.scheduler, audit, clock: bench.clock }) };
}

function hourly(missed: MissedRule): ScheduleRequest {
  return { name: 'hourly', everyMs: HOUR_MS, missed, task: command('job') };
}

function times(request: Partial<ScheduleRequest>, from: string, count: number): string[] {
  const recurrence = recurrenceOf({ name: 'x', task: command('job'), ...request }, Date.parse(from));
  const found: string[] = [];
  for (
    let at = recurrence.after(Date.parse(from));
    at !== undefined && found.length < count;
    at = recurrence.after(at)
  ) {
    found.push(new Date(at).toISOString());
  }
  return found;
}

test('a time that a change to daylight saving skips comes at the end of the gap, one that comes twice is taken once', () => {
  const request = { cron: '30 2 * * *', timeZone: 'Europe/Berlin' };
  expect(times(request, '2026-03-28T12:00:00Z', 2)).toEqual(['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z']);
  expect(times(request, '2026-10-24T12:00:00Z', 2)).toEqual(['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z']);
});

test('an interval lies on the grid of the wall clock', () => {
  expect(times({ everyMs: 15 * MINUTE_MS }, '2026-01-01T10:07:00Z', 2)).toEqual([
    '2026-01-01T10:15:00.000Z',
    '2026-01-01T10:30:00.000Z',
  ]);
});

test.each([
  [{ cron: '0 0 31 2 *' }, '"0 0 31 2 *" never comes'],
  [{ cron: '61 * * * *' }, '"61 * * * *" is no cron expression'],
  [{ cron: 'often' }, '"often" is no cron expression'],
  [{ cron: '* * * * *', timeZone: 'Mars/Olympus' }, 'there is no time zone "Mars/Olympus"'],
  [{}, 'it needs either a cron expression or an interval'],
  [{ cron: '* * * * *', everyMs: 60_000 }, 'it needs either a cron expression or an interval'],
  [{ everyMs: 60_000, missed: { run: 'once', limit: 3 } }, 'of missed times "once" runs no number of them'],
  [{ everyMs: 60_000, missed: { run: 'skip', maxAgeMs: 1000 } }, 'missed times are skipped, however old'],
  [{ everyMs: 60_000, task: { name: 'x' } }, 'it needs either a command or a call'],
  [{ everyMs: 60_000, task: command('x', { profile: 'nope' }) }, 'there is no profile "nope"'],
] as const)('%j is refused', async (request, message) => {
  const { schedules } = opened(new SchedulerBench());
  await expect(schedules.add({ name: 'x', task: command('job'), ...request }, BY)).rejects.toThrow(message);
  expect(schedules.list()).toEqual([]);
});

test('its task is submitted whenever its time comes', async () => {
  const bench = new SchedulerBench();
  const { schedules } = opened(bench);
  const { id } = await schedules.add(hourly({ run: 'once' }), BY);
  for (let hour = 0; hour < 3; hour += 1) {
    bench.clock.advance(HOUR_MS);
    await schedules.look();
    await bench.settle();
    await bench.finish('job');
  }
  expect(schedules.history(id).map(({ outcome }) => outcome)).toEqual(['submitted', 'submitted', 'submitted']);
  expect(bench.scheduler.list().map(({ state }) => state)).toEqual(['completed', 'completed', 'completed']);
});

test.each([
  [{ run: 'skip' }, ['missed', 'missed', 'missed', 'missed', 'missed']],
  [{ run: 'once' }, ['submitted', 'missed', 'missed', 'missed', 'missed']],
  [{ run: 'all', limit: 3 }, ['submitted', 'submitted', 'submitted', 'missed', 'missed']],
  [{ run: 'all', maxAgeMs: 2 * HOUR_MS }, ['submitted', 'submitted', 'missed', 'missed', 'missed']],
] as const)('what was missed while the program was closed follows %j and is told', async (missed, outcomes) => {
  const bench = new SchedulerBench();
  const { schedules, store } = opened(bench);
  const { id } = await schedules.add(hourly(missed), BY);
  schedules[Symbol.dispose]();
  bench.clock.advance(5 * HOUR_MS + 10 * MINUTE_MS);
  bench.clock.advance(0);
  bench.scheduler = bench.start();
  const { schedules: next } = opened(bench, store);
  await next.look();
  expect(next.history(id).map(({ outcome }) => outcome)).toEqual(outcomes);
  expect(
    next
      .history(id)
      .filter(({ outcome }) => outcome === 'missed')
      .every(({ why }) => why?.startsWith('missed by')),
  ).toBe(true);
  expect(bench.done.filter((what) => what === 'schedule_missed')).toHaveLength(
    outcomes.filter((o) => o === 'missed').length,
  );
});

test('what passes while a schedule is paused is not missed; running by hand is in the history', async () => {
  const bench = new SchedulerBench();
  const { schedules } = opened(bench);
  const { id } = await schedules.add(hourly({ run: 'all' }), BY);
  schedules.setState(id, 'paused');
  bench.clock.advance(5 * HOUR_MS);
  schedules.setState(id, 'active');
  await schedules.look();
  await schedules.runNow(id);
  expect(schedules.history(id).map(({ why }) => why)).toEqual(['by hand']);
  expect(schedules.remove(id)).toBe(id);
  expect(schedules.list()).toEqual([]);
});

test('a look that is under way when it is closed leaves no timer behind', async () => {
  const bench = new SchedulerBench();
  const { schedules } = opened(bench);
  await schedules.add(hourly({ run: 'once' }), BY);
  bench.clock.advance(HOUR_MS);
  const looking = schedules.look();
  schedules[Symbol.dispose]();
  await bench.scheduler[Symbol.asyncDispose]();
  await looking;
  expect(bench.clock.waiting).toBe(0);
});
