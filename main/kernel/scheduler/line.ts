import type { Station } from './station.ts';
import type { Priority, Task } from './task.ts';

const FIRST_CAPACITY = 4;
/** So many that have left may stay between the others before they are cleared away. */
const SPARED = 32;

/**
 * The queued tasks of one session, profile and given priority, first come first, in a ring. Who leaves from the middle
 * stays in it as a gap until there are too many gaps, so that any of them leaves in the logarithm of their number.
 */
export class Line {
  readonly station: Station;
  readonly priority: Priority;
  head: Task | undefined = undefined;
  /** Of its head, here so that the head itself need not be looked at. */
  headQueuedMs = 0;
  headTurn = 0;
  /** By turn, its head in front; those whose `line` is not this one have left. Its length is a power of two. */
  #ring: (Task | undefined)[] = [];
  #first = 0;
  #length = 0;
  #gaps = 0;
  #lastTurn = 0;
  /** When its first task is looked at again because it has aged; infinite while no look is due. */
  lookAtMs = Number.POSITIVE_INFINITY;
  /** True while it is listed among those whose first task has waited to its limit. */
  isListedStarving = false;

  constructor(station: Station, priority: Priority) {
    this.station = station;
    this.priority = priority;
  }

  /** By turn: a task that comes back after it was started goes before those that came later. */
  add(task: Task): void {
    task.line = this;
    if (this.#length === 0 || task.turn > this.#lastTurn) {
      if (this.#length === this.#ring.length) this.#grow();
      this.#put(this.#length, task);
      this.#length += 1;
      this.#lastTurn = task.turn;
      if (this.head === undefined) this.#setHead(task);
      return;
    }
    const index = this.#indexOf(task.turn);
    if (index < this.#length && this.#at(index) === task) this.#gaps -= 1;
    else this.#insert(index, task);
    if (this.head === undefined || task.turn < this.headTurn) this.#setHead(task);
  }

  remove(task: Task): void {
    task.line = undefined;
    if (task !== this.head) {
      this.#gaps += 1;
      if (this.#gaps > SPARED && this.#gaps > this.#length / 2) this.#closeGaps();
      return;
    }
    this.#shift();
    while (this.#length > 0 && this.#at(0)?.line !== this) {
      this.#shift();
      this.#gaps -= 1;
    }
    if (this.#length === 0 && this.#ring.length > SPARED) this.#ring = [];
    this.#setHead(this.#length === 0 ? undefined : this.#at(0));
  }

  #shift(): void {
    this.#put(0, undefined);
    this.#first = (this.#first + 1) & (this.#ring.length - 1);
    this.#length -= 1;
  }

  #setHead(head: Task | undefined): void {
    this.head = head;
    if (head === undefined) return;
    this.headQueuedMs = head.queuedMs;
    this.headTurn = head.turn;
  }

  #at(index: number): Task | undefined {
    return this.#ring[(this.#first + index) & (this.#ring.length - 1)];
  }

  #put(index: number, task: Task | undefined): void {
    this.#ring[(this.#first + index) & (this.#ring.length - 1)] = task;
  }

  /** Where the first one stands whose turn is this or later. */
  #indexOf(turn: number): number {
    let [low, high] = [0, this.#length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#at(middle)?.turn ?? 0) < turn) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Those who come back stood near the front: what is before them moves. */
  #insert(index: number, task: Task): void {
    if (this.#length === this.#ring.length) this.#grow();
    this.#first = (this.#first - 1) & (this.#ring.length - 1);
    this.#length += 1;
    for (let at = 0; at < index; at += 1) this.#put(at, this.#at(at + 1));
    this.#put(index, task);
  }

  #grow(): void {
    this.#refill(Math.max(FIRST_CAPACITY, 2 * this.#ring.length), (task) => task);
  }

  #closeGaps(): void {
    let capacity = FIRST_CAPACITY;
    while (capacity < this.#length - this.#gaps) capacity *= 2;
    this.#refill(capacity, (task) => (task?.line === this ? task : undefined));
    this.#gaps = 0;
  }

  #refill(capacity: number, keep: (task: Task | undefined) => Task | undefined): void {
    const ring = Array.from<Task | undefined>({ length: capacity });
    let length = 0;
    for (let index = 0; index < this.#length; index += 1) {
      const task = keep(this.#at(index));
      if (task === undefined) continue;
      ring[length] = task;
      length += 1;
    }
    this.#ring = ring;
    this.#first = 0;
    this.#length = length;
  }
}
