import { Cron } from 'croner';
import type { ScheduleRequest } from '../../../schema/contract/schedule.ts';
import { Fault } from '../../../schema/fault.ts';

/** When a schedule comes. Times are milliseconds since 1970-01-01 UTC. */
export interface Recurrence {
  readonly timeZone: string;
  /** The first time after this one; undefined when there is none. */
  after(timeMs: number): number | undefined;
}

/**
 * A cron expression in its time zone, or an interval on the grid of the wall clock. A time that a change to daylight saving
 * skips comes when the gap ends; one that comes twice is taken once.
 * @throws Fault `schedule_invalid`, also for what can never come
 */
export function recurrenceOf(request: ScheduleRequest, nowMs: number): Recurrence {
  const { name, cron, everyMs } = request;
  if ((cron === undefined) === (everyMs === undefined)) {
    throw refusal(name, 'it needs either a cron expression or an interval');
  }
  const timeZone = request.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (everyMs !== undefined) return { timeZone, after: (timeMs) => (Math.floor(timeMs / everyMs) + 1) * everyMs };
  const recurrence = { timeZone, after: cronTimes(name, cron ?? '', timeZone) };
  if (recurrence.after(nowMs) === undefined) throw refusal(name, `"${cron}" never comes`, 'Name a day that there is.');
  return recurrence;
}

function cronTimes(name: string, cron: string, timeZone: string): (timeMs: number) => number | undefined {
  try {
    Intl.DateTimeFormat('en', { timeZone });
  } catch (cause) {
    throw refusal(
      name,
      `there is no time zone "${timeZone}"`,
      'Name one of the tz database, such as Europe/Berlin.',
      cause,
    );
  }
  try {
    const times = new Cron(cron, { timezone: timeZone, paused: true });
    return (timeMs) => times.nextRun(new Date(timeMs))?.getTime();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw refusal(
      name,
      `"${cron}" is no cron expression`,
      `${why}; five fields: minute hour day month weekday.`,
      cause,
    );
  }
}

function refusal(name: string, state: string, fix?: string, cause?: unknown): Fault {
  return new Fault('schedule_invalid', `Cannot schedule "${name}": ${state}`, {
    ...(fix === undefined ? {} : { fix }),
    ...(cause === undefined ? {} : { cause }),
  });
}
