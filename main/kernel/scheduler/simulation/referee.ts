import type { Action, SchedulerEvent, TaskChange } from '../decision.ts';
import type { SchedulerCore } from '../scheduler-core.ts';
import type { EndState, Priority, Task, TaskSpec } from '../task.ts';
import { BrokenLaw } from './broken-law.ts';
import { Capacity } from './capacity.ts';
import type { Scenario } from './scenario.ts';
import { watched, type Watched } from './watched.ts';

const ALMOST_DONE = 0.8;

/** Watches every decision and holds it against docs/scheduler.md, by the plainest means: it looks at all tasks, every time. */
export class Referee {
  readonly tasks = new Map<string, Watched>();
  readonly #scenario: Scenario;
  readonly #capacity: Capacity;
  readonly #lastStart = new Map<string, number>();
  readonly #terminals = new Map<string, number>();
  /** Sessions whose sandbox stands still, or is about to, by the task for which it does. */
  readonly #still = new Map<string, string>();
  #order = 0;
  #isUnderPressure = false;
  #nowMs = 0;
  #isReserving: Watched | undefined;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#capacity = new Capacity(scenario.limits, { tasks: this.tasks, still: this.#still });
  }

  endedState = (id: string): EndState | undefined => {
    const state = this.tasks.get(id)?.state;
    return state === 'completed' || state === 'failed' || state === 'cancelled' ? state : undefined;
  };

  /** A new kernel knows nothing of what the old one was about to do. */
  crash(): void {
    this.#still.clear();
    this.#lastStart.clear();
    this.#terminals.clear();
    this.#isReserving = undefined;
    this.#isUnderPressure = false;
    this.#capacity.crash();
    for (const task of this.tasks.values()) {
      task.isHeld = false;
      task.handle = undefined;
      task.isEnding = false;
      task.isLasting = false;
      task.readyAtMs = 0;
      task.order = 0;
      task.ahead = undefined;
      task.createdMs = task.createdWallMs;
      task.isRestored = true;
    }
    this.#nowMs = 0;
  }

  before(event: SchedulerEvent, core: SchedulerCore): void {
    // Time moves on before anything is decided, and a reservation was made at the last decision.
    this.#isReserving = core.reserved && this.tasks.get(core.reserved.spec.id);
    if (event.type === 'terminals') this.#terminals.set(event.session, event.open);
    if (event.type === 'pressure') this.#isUnderPressure = event.level !== 'none';
  }

  submitted(specs: readonly TaskSpec[], wallMs: number): void {
    for (const spec of specs) {
      this.tasks.set(spec.id, watched(spec, wallMs));
    }
  }

  after(event: SchedulerEvent, actions: readonly Action[], core: SchedulerCore): void {
    if (core.nowMs < this.#nowMs) throw new BrokenLaw('time went backwards');
    this.#nowMs = core.nowMs;
    if (event.type === 'reprioritise') this.#priorityChanged(event.task.spec.id, event.priority);
    if (event.type === 'pause_failed') this.#goOn(event.task.spec.id);
    // Its time limit may have come first.
    const isEnded = actions.some(({ type, task }) => type === 'end' && 'task' in event && task === event.task);
    if (event.type === 'lasts' && !isEnded) this.#lasts(this.#of(event.task));
    for (const action of actions) this.#follow(action);
    this.#capacity.check();
    if (!this.#isUnderPressure) this.#checkNobodyWaitsInVain(core);
    this.#countAhead();
  }

  /** Every task that was submitted has to end. */
  atTheEnd(): void {
    for (const task of this.tasks.values()) {
      if (this.endedState(task.spec.id) === undefined) this.#broken(task, `never ended: it is ${task.state}`);
    }
  }

  #follow(action: Action): void {
    if (action.type === 'changed') return this.#change(action);
    const task = this.#of(action.task);
    if ((action.type === 'settle' || action.type === 'end') && action.by !== undefined) {
      this.#capacity.claim(task, this.#of2(action.by), action.type);
    }
    if (action.type === 'end') task.isEnding = true;
    if (action.type === 'settle') {
      if (!action.task.heldByHand) this.#checkVictim(task);
      if ((this.#terminals.get(task.spec.session) ?? 0) > 0) this.#broken(task, 'is paused under an open terminal');
      if (this.#inSandbox(task.spec.session).length !== 1) this.#broken(task, 'is paused with others in its sandbox');
      this.#still.set(task.spec.session, task.spec.id);
    }
    if (action.type === 'end' && action.ending === 'preempted' && !this.#isUnderPressure) this.#checkVictim(task);
  }

  #change({ task: of, from, to, why, by, beside, failure }: TaskChange): void {
    const task = this.#of(of);
    if (from !== undefined && from !== task.state && !task.isRestored)
      this.#broken(task, `left ${from} and was ${task.state}`);
    if (this.endedState(task.spec.id) !== undefined) this.#broken(task, `ended twice`);
    if (task.createdMs < 0) task.createdMs = this.#nowMs;
    if (to === 'running') {
      this.#isReserving = beside === undefined ? undefined : this.#of2(beside);
      if (from === 'paused') this.#resumed(task);
      else this.#started(task);
    } else if (task.state === 'running') {
      task.usedMs += this.#nowMs - task.startedMs;
      if (to === 'paused') task.pausedMs = this.#nowMs;
    }
    task.state = to;
    task.handle = this.endedState(of.spec.id) === undefined ? of : undefined;
    if (to !== 'running') task.isLasting = task.isEnding = false;
    this.#capacity.changed(task);
    task.isRestored = false;
    if (to === 'queued') this.#queued(task, why);
    if (to === 'paused' && why === 'by hand') task.isHeld = true;
    if (to !== 'paused' && to !== 'running') this.#goOn(task.spec.id);
    if (failure?.code === 'expired') this.#checkExpired(task);
    if (failure?.code === 'dependency_failed') this.#checkDependencyFailed(task, failure.message);
    if (by !== undefined && !this.#of2(by).isTouched && !(this.#of2(by).priority < task.startLevel))
      this.#broken(task, `was paused for ${by}`);
  }

  #queued(task: Watched, why: string | undefined): void {
    if (task.order === 0 || why === 'interrupted') {
      task.order = this.#order += 1;
      task.queuedMs = this.#nowMs;
    }
    if (why === 'by hand') task.isHeld = false;
    if (why === 'retry') {
      task.failures += 1;
      const { retry, effect } = task.spec;
      const allowed = retry ?? (effect === 'read' ? { times: 1, delayMs: 100 } : { times: 0, delayMs: 0 });
      if (task.failures > allowed.times) this.#broken(task, 'was tried again too often');
      task.readyAtMs = this.#nowMs + allowed.delayMs;
    }
  }

  #started(task: Watched): void {
    task.starts += 1;
    const { spec } = task;
    if (task.starts > 1 && spec.effect === 'write' && spec.retry === undefined) this.#broken(task, 'ran twice');
    for (const id of spec.dependencies) {
      if (this.tasks.get(id)?.state !== 'completed') this.#broken(task, `ran before ${id} had completed`);
    }
    if (spec.ttlMs !== undefined && this.#nowMs - task.createdMs > spec.ttlMs) this.#broken(task, 'ran after its time');
    this.#checkTurn(task);
    this.#checkWait(task);
    task.startLevel = this.#level(task);
    task.startedMs = this.#nowMs;
    task.usedMs = 0;
    this.#lastStart.set(spec.session, (this.#order += 1));
  }

  #resumed(task: Watched): void {
    task.startedMs = this.#nowMs;
    this.#goOn(task.spec.id);
    this.#lastStart.set(task.spec.session, (this.#order += 1));
  }

  /** Nobody who fits was passed: no better level, nobody earlier of the same session, no session that was served before. */
  #checkTurn(task: Watched): void {
    const level = this.#level(task);
    for (const other of this.tasks.values()) {
      if (other === task || !this.#isExecutable(other) || !this.#capacity.fits(other, this.#isReserving)) continue;
      const otherLevel = this.#level(other);
      if (otherLevel < level) this.#broken(task, `of level ${level} passed ${other.spec.id} of level ${otherLevel}`);
      if (otherLevel > level || this.#isReserving === task) continue;
      const isSameSession = other.spec.session === task.spec.session;
      if (isSameSession && other.order < task.order) this.#broken(task, `passed ${other.spec.id}, which came first`);
      const ownLast = this.#lastStart.get(task.spec.session) ?? 0;
      const otherLast = Math.max(this.#lastStart.get(other.spec.session) ?? 0, other.order);
      if (!isSameSession && ownLast > otherLast) this.#broken(task, `passed ${other.spec.id} of a session not served`);
    }
  }

  /** Waiting behind priorities 2 to 5 is bounded: by the time to its limit, and one run each of those that may go before it then. */
  #checkWait(task: Watched): void {
    if (task.ahead === undefined || task.isTouched) return;
    const longestMs = Math.max(...[...this.tasks.values()].map(({ spec }) => spec.timeoutMs)) + 2000;
    const boundMs = this.#starvesAfterMs(task) + (task.ahead + 2) * 2 * longestMs;
    const waitedMs = this.#nowMs - task.queuedMs;
    if (waitedMs > boundMs) this.#broken(task, `waited ${waitedMs} ms, more than ${boundMs}`);
  }

  #countAhead(): void {
    for (const task of this.tasks.values()) {
      const hasStarved = this.#nowMs - task.queuedMs > this.#starvesAfterMs(task);
      if (task.ahead !== undefined || task.state !== 'queued' || !hasStarved) continue;
      // All of priority 1, whenever they come, and everybody who is there now with all its tries.
      const all = [...this.tasks.values()].filter(({ state }) => state !== 'completed');
      task.ahead = all.length * 4 + this.#scenario.tasks;
    }
  }

  #checkExpired(task: Watched): void {
    const { ttlMs } = task.spec;
    if (ttlMs === undefined || this.#nowMs - task.createdMs <= ttlMs) this.#broken(task, 'expired before its time');
  }

  #checkDependencyFailed(task: Watched, message: string): void {
    const failed = task.spec.dependencies.find((id) => message === `dependency failed: ${id}`);
    const state = failed === undefined ? undefined : this.endedState(failed);
    if (state !== 'failed' && state !== 'cancelled') this.#broken(task, `has no such failed dependency: ${message}`);
  }

  #checkVictim(task: Watched): void {
    if (task.state !== 'running') this.#broken(task, 'is made to pause and does not run');
    if (!task.spec.preemptible) this.#broken(task, 'is preempted and must not be');
    if (task.isLasting) this.#broken(task, 'is preempted without a slot that it could give');
    const usedMs = task.usedMs + this.#nowMs - task.startedMs;
    if (usedMs > ALMOST_DONE * task.spec.timeoutMs) this.#broken(task, 'is preempted so near to its end');
  }

  #checkNobodyWaitsInVain(core: SchedulerCore): void {
    this.#isReserving = core.reserved && this.tasks.get(core.reserved.spec.id);
    if (this.#isReserving !== undefined) this.#checkReservation(this.#isReserving);
    for (const task of this.tasks.values()) {
      if (this.#isExecutable(task) && this.#capacity.fits(task, this.#isReserving))
        this.#broken(task, 'waits although it fits');
      const { run, heldByHand = false } = task.handle ?? {};
      if (run?.phase === 'paused' && !heldByHand && this.#capacity.hasSlot(task)) this.#broken(task, 'stays paused');
    }
  }

  #checkReservation(task: Watched): void {
    if (this.#nowMs - task.queuedMs <= this.#starvesAfterMs(task)) this.#broken(task, 'reserves before its time');
  }

  #isExecutable(task: Watched): boolean {
    const isStill = this.#still.has(task.spec.session);
    return task.state === 'queued' && !task.isHeld && task.readyAtMs <= this.#nowMs && !isStill;
  }

  #inSandbox(session: string): Watched[] {
    return [...this.tasks.values()].filter(({ spec, state }) => spec.session === session && state === 'running');
  }

  #level({ priority, queuedMs }: Watched): number {
    let level: number = priority;
    for (let at = 1; level > 2 && this.#nowMs - queuedMs > at * this.#scenario.limits.ageThresholdMs; at += 1)
      level -= 1;
    return level;
  }

  #starvesAfterMs({ priority }: Watched): number {
    return Math.max(1, priority - 2) * this.#scenario.limits.ageThresholdMs;
  }

  #lasts(task: Watched): void {
    if (task.state === 'running' && !task.isEnding && !this.#isStill(task)) task.isLasting = true;
  }

  /** Its sandbox stands still for it, or is about to. */
  #isStill({ spec }: Watched): boolean {
    return this.#still.get(spec.session) === spec.id;
  }

  #priorityChanged(id: string, priority: Priority): void {
    const task = this.tasks.get(id);
    if (task === undefined || this.endedState(id) !== undefined) return;
    task.priority = priority;
    task.isTouched = true;
  }

  #goOn(id: string): void {
    this.#capacity.wentOn(id);
    for (const [session, still] of this.#still) if (still === id) this.#still.delete(session);
  }

  #of({ spec }: Task): Watched {
    return this.#of2(spec.id);
  }

  #of2(id: string): Watched {
    const task = this.tasks.get(id);
    if (task === undefined) throw new BrokenLaw(`${id} was never submitted`);
    return task;
  }

  #broken(task: Watched, what: string): never {
    throw new BrokenLaw(`${task.spec.id} ${what}`);
  }
}
