import type { Task, TaskState } from '../../../schema/contract/task.ts';
import type { TaskId } from '../../../schema/entities.ts';
import { hasEnded } from './task-groups.ts';

export interface Span {
  readonly sinceMs: number;
  readonly untilMs: number;
}

export interface Bar extends Span {
  readonly state: TaskState;
}

/** One task of the timeline: what it did when. */
export interface BarRow extends Span {
  readonly task: TaskId;
  readonly name: string;
  readonly session: string;
  readonly bars: readonly Bar[];
  readonly isBad: boolean;
}

/** The tasks in the order of their rows: by session, and then as they came. */
export function inRowOrder(tasks: Iterable<Task>): Task[] {
  const sinceMs = ({ steps, createdAt }: Task): number => steps[0]?.at ?? createdAt;
  const order = new Map<string, Task[]>();
  for (const task of tasks) {
    const { session = '' } = task;
    const others = order.get(session);
    if (others === undefined) order.set(session, [task]);
    else others.push(task);
  }
  return [...order]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, own]) => own.sort((a, b) => sinceMs(a) - sinceMs(b)));
}

/** A changed task is another object: each is looked at once. */
const known = new WeakMap<Task, BarRow>();

/** A row for each task. What goes on has no end: it reaches to whatever now is, so that no row changes with the time. */
export function barRows(tasks: readonly Task[]): BarRow[] {
  return tasks.map((task) => {
    const row = known.get(task) ?? rowOf(task);
    known.set(task, row);
    return row;
  });
}

function rowOf(task: Task): BarRow {
  const { id, name, session = '', state, steps, createdAt } = task;
  const end = hasEnded(task) ? (steps.at(-1)?.at ?? createdAt) : Number.POSITIVE_INFINITY;
  const bars: Bar[] = [];
  for (const [index, step] of steps.entries()) {
    const untilMs = steps[index + 1]?.at ?? end;
    if (untilMs > step.at) bars.push({ state: step.state, sinceMs: step.at, untilMs });
  }
  const isBad = state === 'failed' || state === 'cancelled';
  return { task: id, name, session, bars, isBad, sinceMs: steps[0]?.at ?? createdAt, untilMs: end };
}

/** From the first to the last moment of all; without an end while something goes on. */
export function spanOf(rows: readonly BarRow[]): Span | undefined {
  let sinceMs = Number.POSITIVE_INFINITY;
  let untilMs = 0;
  for (const row of rows) {
    sinceMs = Math.min(sinceMs, row.sinceMs);
    untilMs = Math.max(untilMs, row.untilMs);
  }
  return rows.length === 0 ? undefined : { sinceMs, untilMs: Math.max(untilMs, sinceMs + 1) };
}

/** The rows that have something to show in a stretch of time. */
export function rowsWithin(rows: readonly BarRow[], { sinceMs, untilMs }: Span): BarRow[] {
  return rows.filter((row) => row.untilMs >= sinceMs && row.sinceMs <= untilMs);
}

export type ZoomStep = 'in' | 'out' | 'earlier' | 'later';

const FACTOR = 2;
const MOVE_SHARE = 0.25;
const SHORTEST_MS = 20;

/** The stretch after a step, within all there is; `atShare` of it stays where it is. Undefined: all. */
export function zoomed(
  { sinceMs, untilMs }: Span,
  step: ZoomStep,
  { whole, atShare = 0.5 }: { readonly whole: Span; readonly atShare?: number },
): Span | undefined {
  const lengthMs = untilMs - sinceMs;
  if (step === 'earlier' || step === 'later') {
    const moveMs = (step === 'later' ? 1 : -1) * lengthMs * MOVE_SHARE;
    return within(sinceMs + moveMs, lengthMs, whole);
  }
  const nextMs = Math.max(SHORTEST_MS, step === 'in' ? lengthMs / FACTOR : lengthMs * FACTOR);
  return within(sinceMs + (lengthMs - nextMs) * atShare, nextMs, whole);
}

function within(sinceMs: number, lengthMs: number, whole: Span): Span | undefined {
  if (lengthMs >= whole.untilMs - whole.sinceMs) return undefined;
  const from = Math.min(Math.max(sinceMs, whole.sinceMs), whole.untilMs - lengthMs);
  return { sinceMs: from, untilMs: from + lengthMs };
}
