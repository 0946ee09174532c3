/** What tasks of a profile need and how many of them may run at once. */
export interface ProfileLimits {
  readonly slots: number;
  readonly memoryBytes: number;
  /** Its slots come on top of all others: tasks that hold one of those may wait for what is done in these. */
  readonly isBeside?: boolean;
}

export interface SchedulerLimits {
  /** Tasks that run at once, over all profiles that are not beside. */
  readonly globalMax: number;
  /** What running and paused tasks may reserve together. */
  readonly memoryBytes: number;
  readonly profiles: Readonly<Record<string, ProfileLimits>>;
  /** Waiting longer than this lifts a task by one priority. */
  readonly ageThresholdMs: number;
  /** How long a task that is told to settle has before its sandbox is paused. */
  readonly settleMs: number;
}

/** Over this share of the memory pausing helps nobody. */
const MEMORY_PRESSURE = 0.8;

/** One profile's share of what there is. */
export interface Room {
  readonly name: string;
  readonly slots: number;
  readonly memoryBytes: number;
  readonly isBeside: boolean;
  used: number;
}

/** What is taken of the limits, and what is kept for a task that has waited to its limit. */
export class Ledger {
  readonly #limits: SchedulerLimits;
  readonly rooms: ReadonlyMap<string, Room>;
  #running = 0;
  #memoryBytes = 0;
  /** The profile of the task that all others but those of priority 1 leave enough for. */
  reservedFor: Room | undefined;

  constructor(limits: SchedulerLimits) {
    this.#limits = limits;
    this.rooms = new Map(
      Object.entries(limits.profiles).map(([name, { slots, memoryBytes, isBeside = false }]) => [
        name,
        { name, slots, memoryBytes, isBeside, used: 0 },
      ]),
    );
  }

  /** None starts but those that are beside. */
  get isFull(): boolean {
    return this.#running >= this.#limits.globalMax;
  }

  /** Whether a slot is free, whatever is reserved. */
  hasSlot(room: Room): boolean {
    return room.used < room.slots && (room.isBeside || this.#running < this.#limits.globalMax);
  }

  hasMemory(room: Room): boolean {
    return this.#memoryBytes + room.memoryBytes <= this.#limits.memoryBytes;
  }

  /** Whether a task may start beside what is reserved for another. */
  fits(room: Room): boolean {
    const reserved = this.reservedFor;
    if (reserved === undefined) return this.hasSlot(room) && this.hasMemory(room);
    const leftForIt = this.#memoryBytes + room.memoryBytes + reserved.memoryBytes <= this.#limits.memoryBytes;
    return (
      (room.isBeside || this.#running + (reserved.isBeside ? 0 : 1) < this.#limits.globalMax) &&
      room.used + (reserved === room ? 1 : 0) < room.slots &&
      (room.memoryBytes === 0 || leftForIt)
    );
  }

  /** Whether a task would fit with these given up: their slots, and their memory too where they are ended. */
  fitsWithout(room: Room, victims: readonly Room[], how: 'pause' | 'end'): boolean {
    for (const victim of victims) this.#give(victim, how === 'end' ? victim.memoryBytes : 0);
    const does = this.fits(room);
    for (const victim of victims) this.#take(victim, how === 'end' ? victim.memoryBytes : 0);
    return does;
  }

  /** Whether pausing would be of no use to a task of this profile. */
  isShortOfMemory(room: Room): boolean {
    return this.#memoryBytes > MEMORY_PRESSURE * this.#limits.memoryBytes || !this.hasMemory(room);
  }

  start(room: Room): void {
    this.#take(room, room.memoryBytes);
  }

  end(room: Room): void {
    this.#give(room, room.memoryBytes);
  }

  /** A paused task keeps its memory. */
  pause(room: Room): void {
    this.#give(room, 0);
  }

  resume(room: Room): void {
    this.#take(room, 0);
  }

  endPaused(room: Room): void {
    this.#memoryBytes -= room.memoryBytes;
  }

  #take(room: Room, memoryBytes: number): void {
    if (!room.isBeside) this.#running += 1;
    room.used += 1;
    this.#memoryBytes += memoryBytes;
  }

  #give(room: Room, memoryBytes: number): void {
    if (!room.isBeside) this.#running -= 1;
    room.used -= 1;
    this.#memoryBytes -= memoryBytes;
  }
}
