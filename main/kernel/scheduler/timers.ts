import FlatQueue from 'flatqueue';
import type { Run, Task } from './task.ts';

interface Timer {
  readonly task: Task;
  /** Undefined for a task that waits for its next try. */
  readonly run: Run | undefined;
  readonly stamp: number;
}

const COMPACT_FROM = 64;

/** What is due when: ends of time limits, of settling, and of waiting for another try. */
export class Timers {
  #queue = new FlatQueue<Timer>();
  #compactAt = COMPACT_FROM;

  set(task: Task, dueMs: number): void {
    const { run } = task;
    this.#queue.push({ task, run, stamp: run?.stamp ?? task.failures }, dueMs);
    if (this.#queue.length >= this.#compactAt) this.#compact();
  }

  /** When the next one is due. */
  get nextMs(): number | undefined {
    for (let timer = this.#queue.peek(); timer !== undefined; timer = this.#queue.peek()) {
      if (isCurrent(timer)) return this.#queue.peekValue();
      this.#queue.pop();
    }
    return undefined;
  }

  /** The next task whose time has come. */
  next(nowMs: number): Task | undefined {
    const dueMs = this.nextMs;
    return dueMs === undefined || dueMs > nowMs ? undefined : this.#queue.pop()?.task;
  }

  /** Most tasks end long before their time limit; what was set for them goes before it holds more than what is current. */
  #compact(): void {
    const current = new FlatQueue<Timer>();
    for (let dueMs = this.nextMs; dueMs !== undefined; dueMs = this.nextMs) {
      const timer = this.#queue.pop();
      if (timer !== undefined) current.push(timer, dueMs);
    }
    this.#queue = current;
    this.#compactAt = Math.max(COMPACT_FROM, 2 * current.length);
  }
}

function isCurrent({ task, run, stamp }: Timer): boolean {
  if (task.run !== run) return false;
  return run === undefined ? task.notBeforeMs > 0 && task.failures === stamp : run.stamp === stamp;
}
