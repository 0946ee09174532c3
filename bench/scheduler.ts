import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemClock, VirtualClock } from '../main/base/clock.ts';
import { SchedulerCore } from '../main/kernel/scheduler/scheduler-core.ts';
import type { Priority, Task, TaskSpec } from '../main/kernel/scheduler/task.ts';
import { type Metrics, rateMetric, timeMetric } from './metric.ts';

const SIZES = [1000, 1_000_000] as const;
const SESSIONS = 100;
const PROFILES = ['workspace', 'agent', 'code-executor', 'ai-provider', 'integration-test', 'policy-extension'];
const ROUNDS = 20;
/** So many that a round takes longer than the processor's clock is coarse. */
const DECISIONS_A_ROUND = 20_000;
const READINGS = 2_000_000;
const PER_SECOND = 'decisions/s';
const MEBIBYTE = 1024 * 1024;

/**
 * What a queue of a million costs, beside the plainest binary heap of the same tasks; and what asking for the time costs.
 * A decision is what a busy machine has all the time: a task ends, gives back what it held and another one is chosen and
 * started (the heap: a pop), and a new one is submitted (the heap: a push). Both sides make the new task's specification
 * anew, and count the processor's time of the thread where Node tells it, so that other programs count for neither.
 */
export async function schedulerBench(): Promise<Metrics> {
  const dispatch: Metrics = {};
  const bytes: number[] = [];
  for (const size of SIZES) {
    const before = await usedBytes();
    const queue = new FullQueue(size);
    bytes.push(((await usedBytes()) - before) / size);
    const heap = new BareHeap(size);
    const [ours, floor]: [number[], number[]] = [[], []];
    // Both sides take turns; the first round warms up.
    for (let round = 0; round <= ROUNDS; round += 1) {
      const [decided, popped] = [perSecond(() => queue.decide()), perSecond(() => heap.pushAndPop())];
      if (round === 0) continue;
      ours.push(decided);
      floor.push(popped);
    }
    dispatch[`dispatch_${size}`] = rateMetric(ours, PER_SECOND, floor);
  }
  return { ...dispatch, bytes_per_task: timeMetric(bytes.slice(-1), 'bytes'), now_virtual: measureNow() };
}

/** A scheduler that is busy with as many tasks waiting; each step ends one, and so starts one, and submits another. */
class FullQueue {
  readonly #core: SchedulerCore;
  readonly #running: Task[] = [];
  #count = 0;
  #nowMs = 1_750_000_000_000;

  constructor(size: number) {
    const profiles = Object.fromEntries(PROFILES.map((name) => [name, { slots: 4, memoryBytes: 512 * MEBIBYTE }]));
    const limits = { globalMax: 8, memoryBytes: 8192 * MEBIBYTE, profiles, ageThresholdMs: 60_000, settleMs: 1000 };
    this.#core = new SchedulerCore({ limits, known: () => undefined });
    while (this.#count < size) this.#submit();
  }

  decide(): void {
    for (let index = 0; index < DECISIONS_A_ROUND; index += 1) {
      this.#nowMs += 1;
      const task = this.#running.shift();
      if (task === undefined) throw new Error('Nothing runs');
      this.#take({ type: 'finished', task, outcome: { ok: true } });
      this.#submit();
    }
  }

  #submit(): void {
    this.#take({ type: 'submit', tasks: [specOf((this.#count += 1))] });
  }

  #take(event: Parameters<SchedulerCore['apply']>[0]): void {
    for (const action of this.#core.apply(event, this.#nowMs)) {
      if (action.type === 'start') this.#running.push(action.task);
    }
  }
}

function specOf(index: number): TaskSpec {
  const mixed = Math.imul(index, 2_654_435_761) >>> 0;
  return {
    id: `t${index.toString(36).padStart(9, '0')}`,
    kind: 'command',
    priority: ((mixed % 5) + 1) as Priority, // from 1 to 5
    session: `session-${(mixed >>> 8) % SESSIONS}`,
    profile: PROFILES[(mixed >>> 16) % PROFILES.length] ?? 'workspace',
    dependencies: NONE,
    effect: 'write',
    preemptible: false,
    timeoutMs: 60_000,
  };
}

const NONE: readonly string[] = [];

interface Entry {
  readonly spec: TaskSpec;
  readonly order: number;
}

/** The floor: a binary heap in an array, with a comparison by priority and order, and nothing else. */
class BareHeap {
  readonly #entries: Entry[] = [];
  #count = 0;

  constructor(size: number) {
    while (this.#count < size) this.#push();
  }

  pushAndPop(): void {
    for (let index = 0; index < DECISIONS_A_ROUND; index += 1) {
      this.#pop();
      this.#push();
    }
  }

  #push(): void {
    const entries = this.#entries;
    const entry = { spec: specOf((this.#count += 1)), order: this.#count };
    let at = entries.length;
    entries.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = entries[parent];
      if (above === undefined || !isBefore(entry, above)) break;
      entries[at] = above;
      at = parent;
    }
    entries[at] = entry;
  }

  #pop(): void {
    const entries = this.#entries;
    const last = entries.pop();
    if (last === undefined || entries.length === 0) return;
    let at = 0;
    for (let child = 1; child < entries.length; child = 2 * at + 1) {
      const [left, right] = [entries[child], entries[child + 1]];
      const isRight = left !== undefined && right !== undefined && isBefore(right, left);
      const least = isRight ? right : left;
      if (least === undefined || !isBefore(least, last)) break;
      entries[at] = least;
      at = isRight ? child + 1 : child;
    }
    entries[at] = last;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.spec.priority === b.spec.priority ? a.order < b.order : a.spec.priority < b.spec.priority;
}

function perSecond(work: () => void): number {
  const startedMs = usedMs();
  work();
  return (DECISIONS_A_ROUND / (usedMs() - startedMs)) * 1000;
}

function usedMs(): number {
  if (!('threadCpuUsage' in process)) return performance.now();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

async function usedBytes(): Promise<number> {
  // The command line starts benches with --expose-gc; that one is not awaited.
  const gc = globalThis.gc as (() => void) | undefined;
  for (let round = 0; round < 3; round += 1) {
    gc?.();
    await nextTurn();
  }
  return process.memoryUsage().heapUsed;
}

/** Nanoseconds for asking a virtual clock for the time, beside `Date.now()` as the system's clock asks it. */
function measureNow() {
  const clock = new VirtualClock(1);
  const read = (now: () => number): number => {
    let sum = 0;
    const startedMs = performance.now();
    for (let index = 0; index < READINGS; index += 1) sum += now();
    const tookMs = performance.now() - startedMs;
    if (!Number.isFinite(sum)) throw new Error('Time is no number');
    return (tookMs / READINGS) * 1_000_000;
  };
  const [virtual, system]: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const [ours, floor] = [read(() => clock.now()), read(() => systemClock.now())];
    if (round === 0) continue;
    virtual.push(ours);
    system.push(floor);
  }
  return timeMetric(virtual, 'ns', system);
}
