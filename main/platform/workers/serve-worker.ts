import { receiveMessageOnPort, workerData } from 'node:worker_threads';
import { CounterSpin } from './counter-spin.ts';
import {
  ANSWERS,
  faultShapeOf,
  REQUESTS,
  type WorkerAnswer,
  type WorkerOperations,
  type WorkerRequest,
  type WorkerStart,
} from './worker-message.ts';

/**
 * After an answer the next request is often on its way. Waking a thread out of its event loop costs as much as a small
 * write, so it waits for one this long before it goes back to its loop.
 */
const LISTEN_MS = 1;
/** Timers and what else waits for the event loop get their turn after so many requests in a row. */
const IN_A_ROW = 100;

export interface ServeOptions {
  /** Runs after each operation, when its answer is on its way. */
  readonly afterwards?: () => void;
  /** How long the next request is watched for before the thread sleeps: for whoever asks again as soon as they have an answer. */
  readonly spinMs?: number;
}

/** What the client gave this worker at its start. */
export function givenToWorker(): unknown {
  return (workerData as WorkerStart).data; // what the client gives
}

/** Runs in a worker: answers each request of its WorkerClient. Operations begin in the order of their requests. */
export function serveWorker(operations: WorkerOperations, { afterwards, spinMs }: ServeOptions = {}): void {
  const start = workerData as WorkerStart; // what the client gives
  const { port } = start;
  const counters = new Int32Array(start.counters);
  const spin = spinMs === undefined ? undefined : new CounterSpin({ counters, index: REQUESTS, limitMs: spinMs });
  /** Requests that are answered later. */
  const later = new Set<number>();
  const answer = (message: WorkerAnswer): void => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    port.postMessage(message);
    Atomics.add(counters, ANSWERS, 1);
    Atomics.notify(counters, ANSWERS);
  };

  const serve = (request: WorkerRequest): void => {
    const { id } = request;
    try {
      const operation = operations[request.operation];
      if (operation === undefined) throw new Error(`Cannot work: there is no operation "${request.operation}"`);
      // The client's types tie the input to the operation.
      const value = operation(request.input as never, (progress) => answer({ id, type: 'progress', progress }));
      // What is there at once is answered at once: a turn of the event loop is a good part of a short write.
      if (!(value instanceof Promise)) return answer({ id, type: 'value', value });
      later.add(id);
      value
        .then(
          (result: unknown) => answer({ id, type: 'value', value: result }),
          (cause: unknown) => answer({ id, type: 'fault', fault: faultShapeOf(cause) }),
        )
        .finally(() => later.delete(id));
    } catch (cause) {
      answer({ id, type: 'fault', fault: faultShapeOf(cause) });
    }
  };

  port.on('message', (first: WorkerRequest) => {
    serve(first);
    afterwards?.();
    // What goes on by itself needs the event loop at once.
    for (let served = 1; served < IN_A_ROW && later.size === 0; ) {
      const before = Atomics.load(counters, REQUESTS);
      const next: { message: WorkerRequest } | undefined = receiveMessageOnPort(port);
      if (next) {
        serve(next.message);
        afterwards?.();
        served += 1;
      } else if (spin?.leaves(before)) continue;
      else if (Atomics.wait(counters, REQUESTS, before, LISTEN_MS) === 'timed-out') return;
    }
  });
}
