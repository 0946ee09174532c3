import type { TextOperations, TextWork } from '../../kernel/changes/diff/text-operations.ts';
import { WorkerClient } from '../workers/worker-client.ts';
import { workerUrl } from '../workers/worker-url.ts';

/** Texts of a hundred megabytes become some tens of millions of numbers at most. */
const HEAP_LIMIT_MB = 2048;

/** Compares and merges texts in a thread of its own, which starts with the first of them. */
export class ThreadedTextWork implements TextWork, AsyncDisposable {
  readonly #worker = new WorkerClient<TextOperations>({
    url: workerUrl({ folder: 'text-diff', name: 'text-diff-worker' }),
    data: undefined,
    heapLimitMb: HEAP_LIMIT_MB,
  });

  run<K extends keyof TextOperations>(
    operation: K,
    input: Parameters<TextOperations[K]>[0],
  ): Promise<ReturnType<TextOperations[K]>> {
    // None of the operations gives a promise.
    return this.#worker.call(operation, input) as Promise<ReturnType<TextOperations[K]>>;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#worker[Symbol.asyncDispose]();
  }
}
