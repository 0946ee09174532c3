import type { Decisions } from './decisions.ts';
import type { Ledger } from './ledger.ts';
import type { Ending, Run, Task } from './task.ts';
import type { Timers } from './timers.ts';
import type { WaitingRoom } from './waiting-room.ts';

export interface RunningTasksParts {
  readonly decisions: Decisions;
  readonly ledger: Ledger;
  readonly waiting: WaitingRoom;
  readonly timers: Timers;
  readonly settleMs: number;
}

/** The tasks that have something of the limits: those that run, in the order of their start, and those that stand still, in the order of their pausing. */
export class RunningTasks {
  readonly #parts: RunningTasksParts;
  readonly #running: Task[] = [];
  readonly #paused: Task[] = [];
  /** Those that run on without a slot. */
  readonly #lasting = new Set<Task>();
  /** For whom a task is made to pause or end. */
  readonly #claims = new Map<Task, Task>();
  #stamps = 0;

  constructor(parts: RunningTasksParts) {
    this.#parts = parts;
  }

  get running(): readonly Task[] {
    return this.#running;
  }

  get paused(): readonly Task[] {
    return this.#paused;
  }

  isClaiming(claimant: Task): boolean {
    if (this.#claims.size === 0) return false;
    return [...this.#claims.values()].includes(claimant);
  }

  dropClaimsOf(claimant: Task): void {
    if (this.#claims.size === 0) return;
    for (const [victim, other] of this.#claims) if (other === claimant) this.#claims.delete(victim);
  }

  /** Looks at the limits as they are when all have made room who were told to, and those have started for whom. */
  whenRoomIsMade<T>(look: () => T): T {
    if (this.#claims.size === 0) return look();
    const { ledger } = this.#parts;
    const claimants = new Set(this.#claims.values());
    for (const [{ station, run }] of this.#claims) {
      if (run?.ending === undefined) ledger.pause(station.room);
      else ledger.end(station.room);
    }
    for (const { station } of claimants) ledger.start(station.room);
    const seen = look();
    for (const { station } of claimants) ledger.end(station.room);
    for (const [{ station, run }] of this.#claims) {
      if (run?.ending === undefined) ledger.resume(station.room);
      else ledger.start(station.room);
    }
    return seen;
  }

  /** `beside`: the task that room was left for. */
  start(task: Task, beside: Task | undefined): void {
    const { decisions, ledger, waiting } = this.#parts;
    const { session, room } = task.station;
    const level = waiting.levelOf(task);
    waiting.remove(task);
    this.dropClaimsOf(task);
    ledger.start(room);
    session.running += 1;
    waiting.serve(session);
    this.#running.push(task);
    const startedMs = decisions.nowMs;
    task.run = {
      level,
      phase: 'running',
      stamp: 0,
      startedMs,
      usedMs: 0,
      pausedMs: 0,
      ending: undefined,
      pausedFor: undefined,
      unpausable: false,
    };
    this.#setTimeout(task, task.run);
    decisions.changed(task, 'running', beside && { beside: beside.spec.id });
    decisions.add({ type: 'start', task });
  }

  resume(task: Task): void {
    const { decisions, ledger, waiting } = this.#parts;
    const { session, room } = task.station;
    drop(this.#paused, task);
    this.#running.push(task);
    ledger.resume(room);
    waiting.serve(session);
    this.#phase(task, 'running');
    if (task.run !== undefined) {
      task.run.startedMs = decisions.nowMs;
      this.#setTimeout(task, task.run);
    }
    decisions.changed(task, 'running');
    decisions.add({ type: 'resume', task });
    this.#goOn(task);
  }

  /** Gives back what a run has taken. */
  leave(task: Task): void {
    const { ledger } = this.#parts;
    const { session, room } = task.station;
    if (drop(this.#paused, task) || this.#lasting.delete(task)) ledger.endPaused(room);
    else {
      ledger.end(room);
      drop(this.#running, task);
    }
    this.#claims.delete(task);
    session.running -= 1;
    this.#goOn(task);
    task.run = undefined;
  }

  /** Gives its slot to others while it runs on; it keeps its memory, as what stands still does. */
  lend(task: Task): void {
    if (task.run?.phase !== 'running' || this.#lasting.has(task)) return;
    this.#parts.ledger.pause(task.station.room);
    drop(this.#running, task);
    this.#lasting.add(task);
  }

  /** Makes a running or paused task end; how it did is told by `finished`. */
  break(task: Task, ending: Ending, by?: Task): void {
    const { run } = task;
    if (run === undefined || (run.phase === 'ending' && !(ending === 'cancelled' && run.ending === 'preempted')))
      return;
    const isTold = run.phase === 'ending';
    run.ending = ending;
    if (by !== undefined) this.#claims.set(task, by);
    if (isTold) return;
    this.#phase(task, 'ending');
    this.#parts.decisions.add({ type: 'end', task, ending, ...(by && { by: by.spec.id }) });
  }

  /** Has its sandbox settle and then stand still, for somebody or by hand. */
  settle(task: Task, by?: Task): void {
    const { decisions, timers, settleMs } = this.#parts;
    task.station.session.paused = task;
    if (task.run !== undefined) task.run.pausedFor = by?.spec.id;
    if (by !== undefined) this.#claims.set(task, by);
    this.#phase(task, 'settling');
    timers.set(task, decisions.nowMs + settleMs);
    decisions.add({ type: 'settle', task, ...(by && { by: by.spec.id }) });
  }

  onSettled(task: Task): void {
    this.#phase(task, 'pausing');
    this.#parts.decisions.add({ type: 'pause', task });
  }

  onPaused(task: Task): void {
    const { decisions, ledger } = this.#parts;
    const { run } = task;
    if (run === undefined || run.phase !== 'pausing') return;
    const by = run.pausedFor;
    this.#claims.delete(task);
    this.#phase(task, 'paused');
    run.usedMs += decisions.nowMs - run.startedMs;
    run.pausedMs = decisions.nowMs;
    ledger.pause(task.station.room);
    drop(this.#running, task);
    this.#paused.push(task);
    decisions.changed(task, 'paused', by === undefined ? { why: 'by hand' } : { by });
  }

  onPauseFailed(task: Task): void {
    const { run } = task;
    if (run === undefined || run.phase !== 'pausing') return;
    this.#claims.delete(task);
    run.unpausable = true;
    this.#phase(task, 'running');
    this.#setTimeout(task, run);
    this.#goOn(task);
  }

  /** Its sandbox may stand still: nobody else works in it. */
  isAlone(task: Task): boolean {
    const { session } = task.station;
    if (this.#lasting.has(task)) return false;
    return session.id !== '' && session.running === 1 && session.paused === undefined && session.terminals === 0;
  }

  /** Ends all that may be. */
  shed(): void {
    for (const task of [...this.#running, ...this.#paused]) {
      if (task.spec.preemptible) this.break(task, 'preempted');
    }
  }

  /** The sandbox of a session that this task made to stand still is in use again. */
  #goOn(task: Task): void {
    const { session } = task.station;
    if (session.paused !== task) return;
    session.paused = undefined;
    this.#parts.waiting.relist(session);
  }

  #setTimeout(task: Task, { startedMs, usedMs }: Run): void {
    this.#parts.timers.set(task, startedMs + task.spec.timeoutMs - usedMs);
  }

  #phase({ run }: Task, phase: Run['phase']): void {
    if (run === undefined) return;
    run.phase = phase;
    run.stamp = this.#stamps += 1;
  }
}

/** True where it was there. They are few: the limits say how many. */
function drop(tasks: Task[], task: Task): boolean {
  const index = tasks.indexOf(task);
  if (index < 0) return false;
  for (let at = index + 1; at < tasks.length; at += 1) tasks[at - 1] = tasks[at] ?? task;
  tasks.pop();
  return true;
}
