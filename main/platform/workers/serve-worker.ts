import { parentPort } from 'node:worker_threads';
import { faultShapeOf, type WorkerAnswer, type WorkerOperations, type WorkerRequest } from './worker-message.ts';

/** Runs in a worker: answers each request of its WorkerClient. Operations begin in the order of their requests. */
export function serveWorker(operations: WorkerOperations): void {
  const port = parentPort;
  if (port === null) throw new Error('Cannot serve: this is not a worker thread');
  const answer = (message: WorkerAnswer): void => port.postMessage(message);
  port.on('message', (request: WorkerRequest) => {
    const { id } = request;
    try {
      const operation = operations[request.operation];
      if (operation === undefined) throw new Error(`Cannot work: there is no operation "${request.operation}"`);
      // The client's types tie the input to the operation.
      const value = operation(request.input as never, (progress) => answer({ id, type: 'progress', progress }));
      // What is there at once is answered at once: a turn of the event loop is a good part of a short write.
      if (!(value instanceof Promise)) return answer({ id, type: 'value', value });
      value.then(
        (later: unknown) => answer({ id, type: 'value', value: later }),
        (cause: unknown) => answer({ id, type: 'fault', fault: faultShapeOf(cause) }),
      );
    } catch (cause) {
      answer({ id, type: 'fault', fault: faultShapeOf(cause) });
    }
  });
}
