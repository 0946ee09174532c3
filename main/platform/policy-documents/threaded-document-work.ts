import type { DocumentWork } from '../../kernel/policy/document-work.ts';
import { WorkerClient } from '../workers/worker-client.ts';
import { workerUrl } from '../workers/worker-url.ts';
import type { PolicyDocumentOperations } from './policy-document-worker.ts';

/** A text of a megabyte becomes some fifty of them on the way. */
const HEAP_LIMIT_MB = 1024;

/** Works on documents in a thread of its own, which starts with the first of them. */
export class ThreadedDocumentWork implements DocumentWork, AsyncDisposable {
  readonly #worker = new WorkerClient<PolicyDocumentOperations>({
    url: workerUrl({ folder: 'policy-documents', name: 'policy-document-worker' }),
    data: undefined,
    heapLimitMb: HEAP_LIMIT_MB,
  });

  check: DocumentWork['check'] = (text) => this.#worker.call('check', text);
  sentences: DocumentWork['sentences'] = (text) => this.#worker.call('sentences', text);
  test: DocumentWork['test'] = (text) => this.#worker.call('test', text);
  read: DocumentWork['read'] = (text) => this.#worker.call('read', text);

  [Symbol.asyncDispose](): Promise<void> {
    return this.#worker[Symbol.asyncDispose]();
  }
}
