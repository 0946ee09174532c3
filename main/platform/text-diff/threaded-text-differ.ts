import type { LineDiff, TextDiffer } from '../../kernel/changes/line-diff.ts';
import { WorkerClient } from '../workers/worker-client.ts';
import { workerUrl } from '../workers/worker-url.ts';
import type { TextDiffOperations } from './text-diff-worker.ts';

/** Texts of a hundred megabytes become some tens of millions of numbers at most. */
const HEAP_LIMIT_MB = 2048;

/** Compares texts in a thread of its own, which starts with the first of them. */
export class ThreadedTextDiffer implements TextDiffer, AsyncDisposable {
  readonly #worker = new WorkerClient<TextDiffOperations>({
    url: workerUrl({ folder: 'text-diff', name: 'text-diff-worker' }),
    data: undefined,
    heapLimitMb: HEAP_LIMIT_MB,
  });

  hunks(before: Uint8Array, after: Uint8Array): Promise<LineDiff> {
    return this.#worker.call('hunks', { before, after });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#worker[Symbol.asyncDispose]();
  }
}
