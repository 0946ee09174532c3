import { exit } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../../../schema/fault.ts';
import { givenToWorker, serveWorker } from './serve-worker.ts';

// What worker-client.test.ts starts this worker with.
const { greeting } = givenToWorker() as { readonly greeting: string };

serveWorker({
  echo: (input: unknown) => ({ greeting, input }),
  later: async (ms: number) => {
    await delay(ms);
    return ms;
  },
  fault: () => {
    throw new Fault('storage_failed', 'Cannot write', { data: { code: 'X' } });
  },
  bug: () => {
    throw new Error('a secret');
  },
  die: () => exit(1),
  hoard: () => {
    for (const held: string[][] = []; ; ) held.push(Array.from({ length: 10_000 }, (_, at) => `${held.length}.${at}`));
  },
  throwLater: () => {
    setImmediate(() => {
      throw new Error('a secret');
    });
    return new Promise<void>(() => undefined);
  },
  count: (to: number, report: (progress: unknown) => void) => {
    for (let step = 1; step <= to; step += 1) report(step);
    return to;
  },
});
