import { Worker } from 'node:worker_threads';
import { Fault } from '../../../schema/fault.ts';
import type { WorkerAnswer, WorkerOperations, WorkerRequest } from './worker-message.ts';

export interface WorkerClientOptions {
  readonly url: URL;
  /** Given to the worker at its start, as `workerData`. */
  readonly data: unknown;
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
  #worker: Worker | undefined;
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
    this.#worker ??= this.#start();
    const id = this.#nextId++;
    const request: WorkerRequest = { id, operation, input };
    this.#worker.postMessage(request);
    if (this.#waiting.size === 0) this.#worker.ref();
    return new Promise((resolve, reject) => {
      // The worker answers with what its operation returned.
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject, onProgress });
    });
  }

  /** Ends the thread; what was not answered is rejected. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(this.#options.url, { workerData: this.#options.data });
    worker.unref();
    worker.on('message', (answer: WorkerAnswer) => this.#settle(worker, answer));
    worker.on('error', (cause) => this.#end(worker, cause));
    worker.on('exit', () => this.#end(worker, undefined));
    return worker;
  }

  #settle(worker: Worker, answer: WorkerAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    if (answer.type === 'progress') return waiting?.onProgress?.(answer.progress);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) worker.unref();
    if (answer.type === 'value') waiting?.resolve(answer.value);
    else waiting?.reject(Fault.fromShape(answer.fault));
  }

  #end(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const fault = new Fault('internal', 'Cannot finish the work: the worker thread ended', { cause });
    for (const waiting of this.#waiting.values()) waiting.reject(fault);
    this.#waiting.clear();
  }
}
