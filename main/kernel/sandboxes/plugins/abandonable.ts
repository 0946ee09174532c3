import { Fault } from '../../../../schema/fault.ts';

/** The promise, but no longer waited for once the signal aborts. @throws Fault `cancelled` */
export async function abandonable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw given();
  let stop: () => void = () => undefined;
  const abandoned = new Promise<never>((_, reject) => {
    const abort = (): void => reject(given());
    signal.addEventListener('abort', abort, { once: true });
    stop = () => signal.removeEventListener('abort', abort);
  });
  try {
    return await Promise.race([promise, abandoned]);
  } finally {
    stop();
  }
}

const given = (): Fault => new Fault('cancelled', 'Nobody waits for it any more');
