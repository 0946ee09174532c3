import type { Action, SchedulerEvent } from '../decision.ts';
import type { Task } from '../task.ts';
import type { Random } from './random.ts';
import type { Scenario } from './scenario.ts';

interface Work {
  readonly task: Task;
  /** When it would end if nobody came between; undefined while it stands still. */
  endsAtMs: number | undefined;
  leftMs: number;
  event: SchedulerEvent;
}

interface Pending {
  readonly atMs: number;
  readonly event: SchedulerEvent;
}

/** Does what the scheduler decides: sandboxes that take their time, fail, or are gone. */
export class Machine {
  readonly #random: Random;
  readonly #odds: Scenario['odds'];
  readonly #work = new Map<Task, Work>();
  #pending: Pending[] = [];

  constructor(random: Random, odds: Scenario['odds']) {
    this.#random = random;
    this.#odds = odds;
  }

  /** Everything that was under way is gone. */
  crash(): void {
    this.#work.clear();
    this.#pending = [];
  }

  perform(action: Action, nowMs: number): void {
    switch (action.type) {
      case 'start':
        return this.#start(action.task, nowMs);
      case 'settle':
        return undefined;
      case 'pause':
        return this.#pause(action.task, nowMs);
      case 'resume':
        return this.#resume(action.task, nowMs);
      case 'end':
        return this.#end(action.task, nowMs);
      default:
        return undefined;
    }
  }

  get nextAtMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { endsAtMs } of this.#work.values()) next = Math.min(next, endsAtMs ?? next);
    for (const { atMs } of this.#pending) next = Math.min(next, atMs);
    return next;
  }

  /** The next thing that has happened by then. */
  happened(nowMs: number): SchedulerEvent | undefined {
    const pending = this.#pending.find(({ atMs }) => atMs <= nowMs);
    if (pending !== undefined) {
      this.#pending = this.#pending.filter((other) => other !== pending);
      return pending.event;
    }
    for (const work of this.#work.values()) {
      if (work.endsAtMs === undefined || work.endsAtMs > nowMs) continue;
      this.#work.delete(work.task);
      return work.event;
    }
    return undefined;
  }

  #start(task: Task, nowMs: number): void {
    const durationMs = this.#random.between(0, Math.round(task.spec.timeoutMs * 1.15));
    const failed = (code: string): SchedulerEvent => ({
      type: 'finished',
      task,
      outcome: { ok: false, failure: { code, message: code }, repeatable: this.#random.chance(0.8) },
    });
    if (this.#random.chance(this.#odds.engineFailure)) {
      this.#pending.push({ atMs: nowMs + this.#random.between(0, 200), event: failed('engine_unavailable') });
      return;
    }
    const event = this.#random.chance(this.#odds.failure)
      ? failed('tool_failed')
      : ({ type: 'finished', task, outcome: { ok: true } } as const);
    this.#work.set(task, { task, endsAtMs: nowMs + durationMs, leftMs: durationMs, event });
  }

  #pause(task: Task, nowMs: number): void {
    const work = this.#work.get(task);
    const fails = work === undefined || this.#random.chance(this.#odds.engineFailure);
    if (!fails && work.endsAtMs !== undefined) {
      work.leftMs = Math.max(0, work.endsAtMs - nowMs);
      work.endsAtMs = undefined;
    }
    const atMs = nowMs + this.#random.between(0, 300);
    this.#pending.push({ atMs, event: { type: fails ? 'pause_failed' : 'paused', task } });
  }

  #resume(task: Task, nowMs: number): void {
    const work = this.#work.get(task);
    if (work === undefined) return;
    work.endsAtMs = nowMs + work.leftMs;
    if (!this.#random.chance(this.#odds.engineFailure)) return;
    this.#work.delete(task);
    const failure = { code: 'sandbox_failed', message: 'It could not be resumed' };
    this.#pending.push({
      atMs: nowMs,
      event: { type: 'finished', task, outcome: { ok: false, failure, repeatable: true } },
    });
  }

  #end(task: Task, nowMs: number): void {
    const work = this.#work.get(task);
    if (work === undefined) return;
    this.#work.delete(task);
    // Its own end may just have come first.
    const isLate = work.endsAtMs !== undefined && this.#random.chance(0.1);
    const failure = { code: 'cancelled', message: 'cancelled' };
    const ended = { type: 'finished', task, outcome: { ok: false, failure, repeatable: false } } as const;
    this.#pending.push({ atMs: nowMs + this.#random.between(0, 200), event: isLate ? work.event : ended });
  }
}
