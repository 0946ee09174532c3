import type { Station } from './station.ts';
import type { Priority, Task } from './task.ts';

const FIRST_CAPACITY = 4;
/** So many that have left may stay between the others before they are cleared away. */
const SPARED = 32;

/**
 * The queued tasks of one session, profile and given priority, first come first, in rings. Turns and times stand beside
 * the tasks: in a long queue a task is looked at when its turn comes and not before, as each look costs a miss of the
 * processor's cache. Who leaves from the middle leaves a gap until there are too many, so that any of them leaves in the
 * logarithm of their number.
 */
export class Line {
  readonly station: Station;
  readonly priority: Priority;
  head: Task | undefined = undefined;
  /** Of its head, as are the next two. */
  headQueuedMs = 0;
  headTurn = 0;
  /** By turn, its head in front; undefined where one has left. The length of all three is the same power of two. */
  #tasks: (Task | undefined)[] = [];
  #turns: number[] = [];
  #queuedMs: number[] = [];
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
    const { turn } = task;
    if (this.#length === this.#tasks.length) this.#refill(Math.max(FIRST_CAPACITY, 2 * this.#tasks.length));
    if (this.#length === 0 || turn > this.#lastTurn) {
      this.#put(this.#length, task);
      this.#length += 1;
      this.#lastTurn = turn;
    } else {
      const index = this.#indexOf(turn);
      const isGap = index < this.#length && this.#turns[this.#slot(index)] === turn;
      if (isGap) {
        this.#tasks[this.#slot(index)] = task;
        this.#gaps -= 1;
      } else this.#insert(index, task);
    }
    if (this.head === undefined || turn < this.headTurn) this.#setHead();
  }

  remove(task: Task): void {
    task.line = undefined;
    if (task !== this.head) {
      this.#tasks[this.#slot(this.#indexOf(task.turn))] = undefined;
      this.#gaps += 1;
      if (this.#gaps > SPARED && this.#gaps > this.#length / 2) this.#closeGaps();
      return;
    }
    this.#tasks[this.#first] = undefined;
    this.#shift();
    while (this.#length > 0 && this.#tasks[this.#first] === undefined) {
      this.#shift();
      this.#gaps -= 1;
    }
    if (this.#length === 0 && this.#tasks.length > SPARED) this.#refill(0);
    this.#setHead();
  }

  #shift(): void {
    this.#first = this.#slot(1);
    this.#length -= 1;
  }

  /** Its first is never a gap. */
  #setHead(): void {
    this.head = this.#length === 0 ? undefined : this.#tasks[this.#first];
    this.headTurn = this.#turns[this.#first] ?? 0;
    this.headQueuedMs = this.#queuedMs[this.#first] ?? 0;
  }

  #slot(index: number): number {
    return (this.#first + index) & (this.#tasks.length - 1);
  }

  #put(index: number, task: Task): void {
    const slot = this.#slot(index);
    this.#tasks[slot] = task;
    this.#turns[slot] = task.turn;
    this.#queuedMs[slot] = task.queuedMs;
  }

  /** Where the first one stands whose turn is this or later. */
  #indexOf(turn: number): number {
    let [low, high] = [0, this.#length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#turns[this.#slot(middle)] ?? 0) < turn) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Those who come back stood near the front: what is before them moves. */
  #insert(index: number, task: Task): void {
    this.#first = this.#slot(-1);
    this.#length += 1;
    for (let at = 0; at < index; at += 1) {
      const [to, from] = [this.#slot(at), this.#slot(at + 1)];
      this.#tasks[to] = this.#tasks[from];
      this.#turns[to] = this.#turns[from] ?? 0;
      this.#queuedMs[to] = this.#queuedMs[from] ?? 0;
    }
    this.#put(index, task);
  }

  #closeGaps(): void {
    let capacity = FIRST_CAPACITY;
    while (capacity < this.#length - this.#gaps) capacity *= 2;
    this.#refill(capacity);
  }

  /** New rings, without gaps. */
  #refill(capacity: number): void {
    const tasks = ringOf<Task | undefined>(undefined, capacity);
    const turns = ringOf(0, capacity);
    const queuedMs = ringOf(0, capacity);
    let length = 0;
    for (let index = 0; index < this.#length; index += 1) {
      const slot = this.#slot(index);
      const task = this.#tasks[slot];
      if (task === undefined) continue;
      tasks[length] = task;
      turns[length] = this.#turns[slot] ?? 0;
      queuedMs[length] = this.#queuedMs[slot] ?? 0;
      length += 1;
    }
    [this.#tasks, this.#turns, this.#queuedMs] = [tasks, turns, queuedMs];
    this.#first = 0;
    this.#length = length;
    this.#gaps = 0;
  }
}

/** Filled one by one: what V8 has made of a length alone is slower to use. */
function ringOf<T>(value: T, length: number): T[] {
  const ring: T[] = [];
  for (let index = 0; index < length; index += 1) ring.push(value);
  return ring;
}
