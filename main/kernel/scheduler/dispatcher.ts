import type { Decisions } from './decisions.ts';
import type { Ledger } from './ledger.ts';
import { chooseVictims } from './preemption.ts';
import type { RunningTasks } from './running-tasks.ts';
import type { TaskGraph } from './task-graph.ts';
import { effectiveLevel, PRIORITIES, type Priority, type Task } from './task.ts';
import type { WaitingRoom } from './waiting-room.ts';

export interface DispatcherParts {
  readonly decisions: Decisions;
  readonly ledger: Ledger;
  readonly waiting: WaitingRoom;
  readonly graph: TaskGraph;
  readonly runs: RunningTasks;
  readonly ageThresholdMs: number;
}

/** Whose turn it is, and who has to make room. */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  #reserved: Task | undefined;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  /** For whom everybody else leaves room. */
  get reserved(): Task | undefined {
    return this.#reserved;
  }

  dropReservationOf(task: Task): void {
    if (this.#reserved !== task) return;
    this.#reserved = undefined;
    this.#parts.ledger.reservedFor = undefined;
  }

  /** Starts, goes on with and preempts until nothing changes any more. Short of memory, only what stands still goes on. */
  decide(pressure: 'none' | 'high' | 'critical'): void {
    const { runs, graph } = this.#parts;
    for (let task = this.#next(pressure); task !== undefined; task = this.#next(pressure)) {
      if (task.run !== undefined) runs.resume(task);
      else if (this.#isExpired(task)) {
        const message = `It waited longer than its ${task.spec.ttlMs} ms`;
        graph.end(task, 'failed', { failure: { code: 'expired', message } });
      } else runs.start(task, this.#reserved);
    }
    if (pressure === 'none') this.#preempt();
  }

  /** It does not wait behind those that its own pause keeps waiting. */
  levelOfPaused({ run, station }: Task): Priority {
    const { decisions, waiting, ageThresholdMs } = this.#parts;
    const own = effectiveLevel(run?.level ?? 5, decisions.nowMs - (run?.pausedMs ?? 0), ageThresholdMs);
    const best = waiting.bestOf(station.session) ?? own;
    return best < own ? best : own;
  }

  /** Whose turn it is, if there is room for it. */
  #next(pressure: 'none' | 'high' | 'critical'): Task | undefined {
    const { ledger, runs, waiting } = this.#parts;
    this.#reserve();
    if (ledger.isFull && waiting.besideCount === 0 && runs.paused.length === 0) return undefined;
    for (const level of PRIORITIES) {
      const paused = runs.paused.length > 0 ? this.#firstPaused(level) : undefined;
      const task = paused ?? (pressure === 'none' ? this.#firstQueued(level) : undefined);
      if (task !== undefined) return task;
    }
    return undefined;
  }

  #firstPaused(level: Priority): Task | undefined {
    const { ledger, runs } = this.#parts;
    for (const task of runs.paused) {
      if (task.heldByHand || task.run?.phase !== 'paused' || this.levelOfPaused(task) !== level) continue;
      // It has its memory; to leave it where it is would keep that from everybody.
      if (ledger.hasSlot(task.station.room)) return task;
    }
    return undefined;
  }

  #firstQueued(level: Priority): Task | undefined {
    const { ledger, waiting } = this.#parts;
    const reserved = this.#reserved;
    if (reserved !== undefined && waiting.levelOf(reserved) === level) {
      const { room } = reserved.station;
      if (ledger.hasSlot(room) && ledger.hasMemory(room)) return reserved;
    }
    return waiting.first(level);
  }

  /** Keeps what is needed for one that has waited to its limit and is too large for what is free. */
  #reserve(): void {
    const { ledger, waiting } = this.#parts;
    const isOver = this.#reserved?.line === undefined || this.#reserved.station.session.paused !== undefined;
    if (!isOver) return;
    this.#reserved = waiting.starving();
    ledger.reservedFor = this.#reserved?.station.room;
  }

  #isExpired({ spec, createdMs }: Task): boolean {
    return spec.ttlMs !== undefined && this.#parts.decisions.nowMs - createdMs > spec.ttlMs;
  }

  /** For each profile whose first task cannot start: looks for somebody of lower priority to make room. */
  #preempt(): void {
    const { waiting, runs } = this.#parts;
    for (const level of PRIORITIES) {
      if (!this.#hasVictimsBelow(level)) return;
      for (const claimant of waiting.firstOfEach(level)) {
        if (!runs.isClaiming(claimant)) this.#makeRoomFor(claimant);
      }
    }
  }

  /** By its given priority: what waiting has lifted goes before others in the queue, it takes nothing from those that run. */
  #makeRoomFor(claimant: Task): void {
    const { decisions, ledger, runs } = this.#parts;
    const { reservedFor } = ledger;
    // What is kept for itself does not stand in its way, and nothing is kept from those of priority 1.
    if (claimant === this.#reserved || claimant.priority === 1) ledger.reservedFor = undefined;
    const scene = { running: runs.running, ledger, nowMs: decisions.nowMs };
    const chosen = runs.whenRoomIsMade(() => chooseVictims(claimant, scene));
    ledger.reservedFor = reservedFor;
    for (const victim of chosen.victims) {
      if (chosen.how === 'pause') runs.settle(victim, claimant);
      else runs.break(victim, 'preempted', claimant);
    }
  }

  #hasVictimsBelow(level: Priority): boolean {
    for (const { spec, run } of this.#parts.runs.running) {
      if (spec.preemptible && run !== undefined && run.phase === 'running' && run.level > level) return true;
    }
    return false;
  }
}
