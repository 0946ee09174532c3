import type { MissedRule } from '../../../schema/contract/schedule.ts';
import { Fault } from '../../../schema/fault.ts';

/** A time that comes so late still counts as in time: timers are never exact. */
export const IN_TIME_MS = 60_000;
const ALL_LIMIT = 10;

export interface Judged {
  readonly dueMs: number;
  /** Why it is not run; undefined where it is. */
  readonly why: string | undefined;
}

/** What becomes of the times of a schedule that have passed, the oldest first. */
export function judgeDueTimes(dueMs: readonly number[], nowMs: number, rule: MissedRule): Judged[] {
  const newest = dueMs.at(-1);
  const isInTime = newest !== undefined && nowMs - newest <= IN_TIME_MS;
  const missed = isInTime ? dueMs.slice(0, -1) : dueMs;
  const limit = rule.run === 'skip' ? 0 : rule.run === 'once' ? 1 : (rule.limit ?? ALL_LIMIT);
  const firstRun = Math.max(0, missed.length - limit);
  const judged = missed.map((due, index) => ({ dueMs: due, why: whyNot({ due, nowMs, rule }, index < firstRun) }));
  return isInTime ? [...judged, { dueMs: newest, why: undefined }] : judged;
}

function whyNot(
  { due, nowMs, rule }: { due: number; nowMs: number; rule: MissedRule },
  isBeyondLimit: boolean,
): string | undefined {
  const lateMs = nowMs - due;
  const missed = `missed by ${Math.round(lateMs / 1000)} s: the machine slept or the program was closed`;
  if (rule.run === 'skip') return `${missed}; missed times are skipped`;
  if (rule.maxAgeMs !== undefined && lateMs > rule.maxAgeMs) return `${missed}; older than ${rule.maxAgeMs} ms`;
  return isBeyondLimit ? `${missed}; a later missed time was run in its place` : undefined;
}

/** What says two things at once would do another thing than somebody meant. @throws Fault `schedule_invalid` */
export function checkMissedRule(name: string, { run, limit, maxAgeMs }: MissedRule): void {
  if (limit !== undefined && run !== 'all') {
    throw refusal(name, `of missed times "${run}" runs no number of them`, 'A limit is for `all` alone.');
  }
  if (maxAgeMs !== undefined && run === 'skip') {
    throw refusal(name, 'missed times are skipped, however old', 'Leave the age out, or choose `once` or `all`.');
  }
}

function refusal(name: string, state: string, fix: string): Fault {
  return new Fault('schedule_invalid', `Cannot schedule "${name}": ${state}`, { fix });
}
