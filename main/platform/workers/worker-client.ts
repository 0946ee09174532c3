import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { Fault } from '../../../schema/fault.ts';
import { CounterSpin } from './counter-spin.ts';
import {
  ANSWERS,
  REQUESTS,
  type WorkerAnswer,
  type WorkerOperations,
  type WorkerRequest,
  type WorkerStart,
} from './worker-message.ts';

const YOUNG_HEAP_MB = 12;
/** A brief wait begins awake, for as long as a small write with its sync takes on a quick disk, and most of those that take longer. */
const SPIN_MS = 2;

export interface WorkerClientOptions {
  readonly url: URL;
  /** Given to the worker at its start; see `givenToWorker`. */
  readonly data: unknown;
  /** For work that makes much garbage; the engine's own limit when absent. */
  readonly heapLimitMb?: number;
}

interface Thread {
  readonly worker: Worker;
  readonly port: MessagePort;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (cause: Fault) => void;
  readonly onProgress: ((progress: unknown) => void) | undefined;
}

/**
 * Asks a worker thread and waits for its answers. The thread starts with the first request, and again with the next one
 * after it has died; while nothing is asked it does not keep the process alive.
 */
export class WorkerClient<O extends WorkerOperations> implements AsyncDisposable {
  readonly #options: WorkerClientOptions;
  readonly #waiting = new Map<number, Waiting>();
  readonly #counters = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  readonly #spin = new CounterSpin({ counters: this.#counters, index: ANSWERS, limitMs: SPIN_MS });
  #thread: Thread | undefined;
  #nextId = 1;
  #disposed = false;

  constructor(options: WorkerClientOptions) {
    this.#options = options;
  }

  /** Rejects with the worker's Fault, or with `internal` when the thread dies before it answers. */
  call<K extends keyof O & string>(
    operation: K,
    input: Parameters<O[K]>[0],
    onProgress?: (progress: unknown) => void,
  ): Promise<Awaited<ReturnType<O[K]>>> {
    if (this.#disposed) return Promise.reject(new Fault('internal', 'Cannot ask the worker: it was stopped'));
    this.#thread ??= this.#start();
    const id = this.#nextId++;
    const request: WorkerRequest = { id, operation, input };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#thread.port.postMessage(request);
    Atomics.add(this.#counters, REQUESTS, 1);
    Atomics.notify(this.#counters, REQUESTS);
    if (this.#waiting.size === 0) this.#thread.port.ref();
    return new Promise((resolve, reject) => {
      // The worker answers with what its operation returned.
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject, onProgress });
    });
  }

  /**
   * Blocks for at most that long until the worker has answered something, settles that, and tells whether it came in time.
   * For short work that somebody waits for: to fall asleep and be woken takes longer than the rest of such a call.
   */
  waitBriefly(limitMs: number): boolean {
    const thread = this.#thread;
    if (thread === undefined) return false;
    const untilMs = performance.now() + limitMs;
    for (;;) {
      const before = Atomics.load(this.#counters, ANSWERS);
      if (this.#takeAnswers(thread)) return true;
      // The count of an answer that was taken already may come late, so one awakening proves nothing.
      if (this.#spin.leaves(before)) continue;
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0 || Atomics.wait(this.#counters, ANSWERS, before, leftMs) === 'timed-out') {
        return this.#takeAnswers(thread);
      }
    }
  }

  /** Ends the thread; what was not answered is rejected. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await this.#thread?.worker.terminate();
  }

  #start(): Thread {
    const { port1: port, port2 } = new MessageChannel();
    const start: WorkerStart = { data: this.#options.data, port: port2, counters: this.#counters.buffer };
    const { url, heapLimitMb } = this.#options;
    const limits = { maxOldGenerationSizeMb: heapLimitMb ?? 0, maxYoungGenerationSizeMb: YOUNG_HEAP_MB };
    const resourceLimits = heapLimitMb === undefined ? {} : limits;
    const worker = new Worker(url, { workerData: start, transferList: [port2], resourceLimits });
    const thread = { worker, port };
    worker.unref();
    port.on('message', (answer: WorkerAnswer) => this.#settle(thread, answer));
    port.unref();
    worker.on('error', (cause) => this.#end(thread, threadFault(why(url, cause), cause)));
    worker.on('exit', (code) => this.#end(thread, threadFault(`${nameOf(url)} ended with code ${code}.`)));
    return thread;
  }

  #takeAnswers(thread: Thread): boolean {
    let taken = false;
    for (;;) {
      const next: { message: WorkerAnswer } | undefined = receiveMessageOnPort(thread.port);
      if (next === undefined) return taken;
      taken = true;
      this.#settle(thread, next.message);
    }
  }

  #settle({ port }: Thread, answer: WorkerAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    if (answer.type === 'progress') return waiting?.onProgress?.(answer.progress);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) port.unref();
    if (answer.type === 'value') waiting?.resolve(answer.value);
    else waiting?.reject(Fault.fromShape(answer.fault));
  }

  #end(thread: Thread, fault: Fault): void {
    if (this.#thread !== thread) return;
    this.#thread = undefined;
    thread.port.close();
    for (const waiting of this.#waiting.values()) waiting.reject(fault);
    this.#waiting.clear();
  }
}

/** The next request starts another thread. */
function threadFault(reason: string, cause?: unknown): Fault {
  const message = 'Cannot finish the work: the worker thread ended';
  return new Fault('internal', message, { why: reason, retryable: true, ...(cause === undefined ? {} : { cause }) });
}

/** An error of the runtime or the system (no memory, no threads, no such module) is told whole; any other may hold what it worked on. */
function why(url: URL, cause: unknown): string {
  const code: unknown = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const told = typeof code === 'string' ? `${code}: ${String(cause)}` : 'an error that it did not expect; see the log';
  return `${nameOf(url)} ended by ${told}.`;
}

function nameOf(url: URL): string {
  return `The thread "${
    url.pathname
      .split('/')
      .at(-1)
      ?.replace(/\.[jt]s$/, '') ?? ''
  }"`;
}
