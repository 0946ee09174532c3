import FlatQueue from 'flatqueue';
import type { Task } from '../../../schema/contract/task.ts';
import type { TaskId } from '../../../schema/entities.ts';
import type { SchedulerLimits } from './ledger.ts';
import { isEnded } from './task-document.ts';

export interface Forecast {
  readonly task: TaskId;
  readonly at: number;
}

/** Only so many are guessed: further away the guess is worth nothing. */
const GUESSED = 1000;

/**
 * When each waiting task may start: the queue played through with how long tasks of the same name, else of the same kind,
 * took before. Ageing, memory and preemption are left out; it is a guess, and called so where it is shown.
 */
export function forecast(tasks: readonly Task[], limits: SchedulerLimits, nowMs: number): Forecast[] {
  const expectedMs = durationsOf(tasks);
  const freeAt = new FlatQueue<string>();
  const used = new Map<string, number>();
  const endsAt = new Map<TaskId, number>();
  let running = 0;
  const begin = (task: Task, atMs: number, lastsMs: number): void => {
    if (limits.profiles[task.profile]?.isBeside !== true) running += 1;
    used.set(task.profile, (used.get(task.profile) ?? 0) + 1);
    freeAt.push(task.profile, atMs + lastsMs);
    endsAt.set(task.id, atMs + lastsMs);
  };
  for (const task of tasks) {
    if (task.state !== 'running') continue;
    const startedMs = task.steps.findLast(({ state }) => state === 'running')?.at ?? nowMs;
    begin(task, nowMs, Math.max(0, startedMs + (expectedMs(task) ?? 0) - nowMs));
  }
  const waiting = tasks
    .filter(({ state }) => state === 'queued' || state === 'waiting_dependency')
    .sort((a, b) => a.priority - b.priority || a.createdAt - b.createdAt)
    .slice(0, GUESSED);
  const known = new Map(waiting.map((task) => [task.id, task]));
  const starts: Forecast[] = [];
  let atMs = nowMs;
  while (known.size > 0) {
    const ready = [...known.values()].filter((task) =>
      task.dependencies.every((id) => !known.has(id) && (endsAt.get(id) ?? 0) <= atMs),
    );
    for (const task of ready) {
      const { slots = 0, isBeside = false } = limits.profiles[task.profile] ?? {};
      if ((running >= limits.globalMax && !isBeside) || (used.get(task.profile) ?? 0) >= slots) continue;
      known.delete(task.id);
      const lastsMs = expectedMs(task);
      if (lastsMs !== undefined) starts.push({ task: task.id, at: atMs });
      begin(task, atMs, lastsMs ?? 0);
    }
    const profile = freeAt.peek();
    if (profile === undefined) break;
    atMs = Math.max(atMs, freeAt.peekValue() ?? atMs);
    freeAt.pop();
    if (limits.profiles[profile]?.isBeside !== true) running -= 1;
    used.set(profile, (used.get(profile) ?? 1) - 1);
  }
  return starts;
}

/** The mean time that tasks like one ran, as far as any did. */
function durationsOf(tasks: readonly Task[]): (task: Task) => number | undefined {
  const sums = new Map<string, { ms: number; count: number }>();
  const add = (key: string, ms: number): void => {
    const sum = sums.get(key) ?? { ms: 0, count: 0 };
    sums.set(key, { ms: sum.ms + ms, count: sum.count + 1 });
  };
  for (const task of tasks) {
    if (!isEnded(task) || task.state !== 'completed') continue;
    const ms = ranMs(task);
    add(`name ${task.name}`, ms);
    add(`kind ${task.kind}`, ms);
  }
  return ({ name, kind }) => {
    const sum = sums.get(`name ${name}`) ?? sums.get(`kind ${kind}`);
    return sum && sum.ms / sum.count;
  };
}

function ranMs({ steps }: Task): number {
  let ms = 0;
  for (const [index, { state, at }] of steps.entries()) {
    const next = steps[index + 1];
    if (state === 'running' && next !== undefined) ms += next.at - at;
  }
  return ms;
}
