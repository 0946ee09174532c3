import FlatQueue from 'flatqueue';
import type { Ledger, Room, SchedulerLimits } from './ledger.ts';
import type { Line } from './line.ts';
import { SessionTurns, Station } from './station.ts';
import { effectiveLevel, PRIORITIES, type Priority, Task, type TaskSpec, thresholdsToStarve } from './task.ts';

interface Waiting {
  readonly room: Room;
  /** For each level the stations that have a first task of it, by when their session was served; entries may be outdated. */
  readonly lanes: readonly FlatQueue<Station>[];
  /** Lines whose first task has waited to its limit, by since when; entries may be outdated. */
  readonly starving: FlatQueue<Line>;
}

/**
 * The queued tasks, and whose turn it is. Nothing is moved when a task ages: tasks of one line age in their order, so the
 * first one is always the oldest, and only first ones are looked at. What heaps hold may be outdated; it is put right
 * when it comes to the top, so that every step costs the logarithm of the number of sessions and not of tasks.
 */
export class WaitingRoom {
  readonly #limits: SchedulerLimits;
  readonly #ledger: Ledger;
  readonly #waiting: readonly Waiting[];
  readonly #byRoom: ReadonlyMap<string, Waiting>;
  readonly #sessions = new Map<string, SessionTurns>();
  readonly #ageing = new FlatQueue<Line>();
  /** How many wait for a slot that is beside the others. */
  besideCount = 0;
  #turns = 0;
  #served = 0;
  #nowMs = 0;

  constructor(limits: SchedulerLimits, ledger: Ledger) {
    this.#limits = limits;
    this.#ledger = ledger;
    this.#waiting = [...ledger.rooms.values()].map((room) => ({
      room,
      lanes: PRIORITIES.map(() => new FlatQueue<Station>()),
      starving: new FlatQueue<Line>(),
    }));
    this.#byRoom = new Map(this.#waiting.map((waiting) => [waiting.room.name, waiting]));
  }

  session(id: string): SessionTurns {
    const known = this.#sessions.get(id);
    if (known !== undefined) return known;
    const session = new SessionTurns(id, (this.#served += 1));
    this.#sessions.set(id, session);
    return session;
  }

  /** A task of a session that the room keeps turns for, until it has `left`. @throws RangeError for a profile without limits */
  joined(spec: TaskSpec, createdMs: number): Task {
    const session = this.session(spec.session);
    let station = session.stations.get(spec.profile);
    if (station === undefined) {
      station = new Station(session, this.#of(spec.profile).room);
      session.stations.set(spec.profile, station);
    }
    session.tasks += 1;
    return new Task(spec, station, createdMs);
  }

  /** Moves the time on: first tasks that have aged are listed where they belong now. */
  advance(nowMs: number): void {
    this.#nowMs = nowMs;
    for (let due = this.#ageing.peekValue(); due !== undefined && due < nowMs; due = this.#ageing.peekValue()) {
      const line = this.#ageing.pop();
      if (line === undefined || line.lookAtMs !== due) continue;
      line.lookAtMs = Number.POSITIVE_INFINITY;
      this.#list(line);
    }
  }

  /** Queues a task: the last of its line, or where it was before when it comes back. */
  add(task: Task, nowMs: number): void {
    if (task.turn === 0) {
      task.turn = this.#turns += 1;
      task.queuedMs = nowMs;
    }
    const line = task.station.line(task.priority);
    if (task.station.room.isBeside) this.besideCount += 1;
    line.add(task);
    if (line.head === task) this.#list(line);
  }

  remove(task: Task): void {
    const { line } = task;
    if (line === undefined) return;
    const wasFirst = line.head === task;
    if (task.station.room.isBeside) this.besideCount -= 1;
    line.remove(task);
    if (wasFirst) this.#list(line);
  }

  /** The session has had its turn. */
  serve(session: SessionTurns): void {
    session.servedAt = this.#served += 1;
  }

  /** Lists a session's tasks again, after its sandbox has stood still. */
  relist(session: SessionTurns): void {
    for (const station of session.stations.values()) for (const line of station.lines) this.#list(line);
  }

  left({ station: { session } }: Task): void {
    session.tasks -= 1;
    this.#forgetIdle(session);
  }

  setTerminals(id: string, open: number): void {
    const session = this.session(id);
    session.terminals = open;
    this.#forgetIdle(session);
  }

  /** The first task of a level, over all profiles that fit: of the session that was served longest ago. */
  first(level: Priority): Task | undefined {
    let best: Line | undefined;
    const ledger = this.#ledger;
    for (const waiting of this.#waiting) {
      if (waiting.lanes[level - 1]?.length === 0) continue;
      const { room } = waiting;
      // Those of priority 1 look at no reservation.
      if (level === 1 ? !ledger.hasSlot(room) || !ledger.hasMemory(room) : !ledger.fits(room)) continue;
      const line = this.#firstIn(waiting, level, best?.station.session.servedAt);
      if (line !== undefined && (best === undefined || isBefore(line, best))) best = line;
    }
    return best?.head;
  }

  /** The first task of each profile at a level, whether it fits or not. */
  firstOfEach(level: Priority): Task[] {
    return this.#waiting.flatMap((waiting) => this.#firstIn(waiting, level)?.head ?? []);
  }

  /** The best level that somebody of a session waits at, for the one who makes it wait. */
  bestOf(session: SessionTurns): Priority | undefined {
    let best: Priority | undefined;
    for (const station of session.stations.values()) {
      for (const line of station.lines) {
        const level = line.head && this.#levelOfHead(line);
        if (level !== undefined && (best === undefined || level < best)) best = level;
      }
    }
    return best;
  }

  /** Who has waited longest to its limit among those that a slot is free for and that are too large for the memory. */
  starving(): Task | undefined {
    if (this.#ledger.isFull && this.besideCount === 0) return undefined;
    let best: Task | undefined;
    let bestSinceMs = Number.POSITIVE_INFINITY;
    for (const { room, starving } of this.#waiting) {
      if (!this.#ledger.hasSlot(room) || this.#ledger.hasMemory(room)) continue;
      for (let line = starving.peek(); line !== undefined; line = starving.peek()) {
        const { head } = line;
        const sinceMs = head === undefined ? Number.POSITIVE_INFINITY : this.#starvesAfterMs(line);
        if (head === undefined || line.station.session.paused !== undefined || sinceMs >= this.#nowMs) {
          starving.pop();
          line.isListedStarving = false;
        } else if (sinceMs > (starving.peekValue() ?? 0)) {
          starving.pop();
          starving.push(line, sinceMs);
        } else {
          if (sinceMs < bestSinceMs) {
            best = head;
            bestSinceMs = sinceMs;
          }
          break;
        }
      }
    }
    return best;
  }

  levelOf({ priority, queuedMs }: Task): Priority {
    return effectiveLevel(priority, this.#nowMs - queuedMs, this.#limits.ageThresholdMs);
  }

  #levelOfHead({ priority, headQueuedMs }: Line): Priority {
    return effectiveLevel(priority, this.#nowMs - headQueuedMs, this.#limits.ageThresholdMs);
  }

  #forgetIdle(session: SessionTurns): void {
    if (session.tasks === 0 && session.terminals === 0) this.#sessions.delete(session.id);
  }

  #of(profile: string): Waiting {
    const waiting = this.#byRoom.get(profile);
    if (waiting === undefined) throw new RangeError(`There is no profile "${profile}"`);
    return waiting;
  }

  /** Makes sure that the first task of a line is found where it is looked for, now and when it has aged. */
  #list(line: Line): void {
    const { head, station } = line;
    if (head === undefined || station.session.paused !== undefined) return;
    const waiting = this.#of(station.room.name);
    this.#listAt(waiting, station, this.#levelOfHead(line));
    const starvesMs = this.#starvesAfterMs(line);
    if (starvesMs < this.#nowMs && !line.isListedStarving) {
      line.isListedStarving = true;
      waiting.starving.push(line, starvesMs);
    }
    const lookAtMs = this.#nextLook(line);
    if (lookAtMs < line.lookAtMs) {
      line.lookAtMs = lookAtMs;
      this.#ageing.push(line, lookAtMs);
    }
  }

  #listAt({ lanes }: Waiting, station: Station, level: Priority): void {
    const bit = 1 << level;
    if ((station.listedIn & bit) !== 0) return;
    station.listedIn |= bit;
    lanes[level - 1]?.push(station, station.session.servedAt);
  }

  /** After this moment the first of a line is as old as waiting makes it. */
  #starvesAfterMs({ priority, headQueuedMs }: Line): number {
    return headQueuedMs + thresholdsToStarve(priority) * this.#limits.ageThresholdMs;
  }

  #nextLook({ priority, headQueuedMs }: Line): number {
    const { ageThresholdMs } = this.#limits;
    const passed = Math.max(0, Math.ceil((this.#nowMs - headQueuedMs) / ageThresholdMs) - 1);
    if (passed >= thresholdsToStarve(priority)) return Number.POSITIVE_INFINITY;
    return headQueuedMs + (passed + 1) * ageThresholdMs;
  }

  /** Undefined too where its session was served after `latestServed`: what heaps hold is never later than what is. */
  #firstIn({ lanes }: Waiting, level: Priority, latestServed = Number.POSITIVE_INFINITY): Line | undefined {
    const lane = lanes[level - 1];
    if (lane === undefined) return undefined;
    for (let station = lane.peek(); station !== undefined; station = lane.peek()) {
      const { servedAt } = station.session;
      if (lane.peekValue() !== servedAt) {
        sinkFirst(lane, servedAt);
        continue;
      }
      if (servedAt > latestServed) return undefined;
      const line = this.#firstAt(station, level);
      if (line !== undefined) return line;
      lane.pop();
      station.listedIn &= ~(1 << level);
    }
    return undefined;
  }

  /** The line of a station whose first task is the first come of those of a level. */
  #firstAt({ session, lines }: Station, level: Priority): Line | undefined {
    if (session.paused !== undefined) return undefined;
    let best: Line | undefined;
    // Waiting lifts and never lowers, and nobody to the first level.
    const end = level === 1 ? 1 : lines.length;
    for (let index = level - 1; index < end; index += 1) {
      const line = lines[index];
      if (line?.head === undefined || this.#levelOfHead(line) !== level) continue;
      if (best === undefined || line.headTurn < best.headTurn) best = line;
    }
    return best;
  }
}

/** Gives the first of a heap a greater value, in one way down instead of one down and one up. */
function sinkFirst<T>({ ids, values, length }: FlatQueue<T>, value: number): void {
  const first = ids[0];
  if (first === undefined) return;
  let at = 0;
  for (let child = 1; child < length; child = 2 * at + 1) {
    let below = values[child] ?? 0;
    if (child + 1 < length) {
      const right = values[child + 1] ?? 0;
      if (right < below) {
        child += 1;
        below = right;
      }
    }
    const id = ids[child];
    if (id === undefined || below >= value) break;
    ids[at] = id;
    values[at] = below;
    at = child;
  }
  ids[at] = first;
  values[at] = value;
}

function isBefore(a: Line, b: Line): boolean {
  const difference = a.station.session.servedAt - b.station.session.servedAt;
  return difference === 0 ? a.headTurn < b.headTurn : difference < 0;
}
