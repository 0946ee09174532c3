import { Line } from './line.ts';
import type { Room } from './ledger.ts';
import { PRIORITIES, type Priority, type Task } from './task.ts';

/** A session as the scheduler knows it. */
export class SessionTurns {
  readonly id: string;
  /** Grows with every start; among equals the session that was served longest ago goes first. */
  servedAt: number;
  /** Where its tasks wait, by profile. */
  readonly stations = new Map<string, Station>();
  /** How many are in its sandbox. */
  running = 0;
  /** The one for whose pause its sandbox stands still, or is about to. */
  paused: Task | undefined;
  terminals = 0;
  /** All that have not ended. */
  tasks = 0;

  constructor(id: string, servedAt: number) {
    this.id = id;
    this.servedAt = servedAt;
  }
}

/** Where the tasks of one session that need the same wait: a line for each given priority. */
export class Station {
  readonly session: SessionTurns;
  readonly room: Room;
  readonly lines: readonly Line[];
  /** A bit for each level in whose lane this station is listed. */
  listedIn = 0;

  constructor(session: SessionTurns, room: Room) {
    this.session = session;
    this.room = room;
    this.lines = PRIORITIES.map((priority) => new Line(this, priority));
  }

  line(priority: Priority): Line {
    const line = this.lines[priority - 1];
    if (line === undefined) throw new RangeError(`There is no priority ${priority}`);
    return line;
  }
}
