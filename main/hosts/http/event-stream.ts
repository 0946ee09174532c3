import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { HttpFault } from '../../../schema/http/http-fault.ts';

/** One server-sent event. */
export interface ServerSentEvent {
  readonly id?: string | undefined;
  readonly data: string;
}

export interface EventStreamOptions {
  readonly response: ServerResponse;
  readonly headers: Readonly<Record<string, string>>;
  readonly events: AsyncIterator<ServerSentEvent>;
  readonly clock: Clock;
  /** Says what to tell a client of a failure after the stream has begun. */
  readonly failure: (thrown: unknown) => HttpFault;
}

/** So often something is sent, so that whoever is between knows that the stream lives. */
const HEARTBEAT_MS = 15_000;
/** A reader that takes nothing for so long is gone. */
const STALLED_MS = 60_000;
/** Within this the first event, or why there is none, decides about the answer's status. */
const FIRST_EVENT_MS = 1000;

/** The first event of a stream, or that it is not there yet. @throws what the stream throws before its first event */
export async function firstEvent<T>(
  events: AsyncIterator<T>,
  clock: Clock,
): Promise<{ readonly rest: AsyncIterator<T> }> {
  const first = events.next();
  // Where it fails later, whoever reads on is told.
  first.catch(() => undefined);
  let timer: Disposable | undefined;
  const late = new Promise<void>((resolve) => {
    timer = clock.setTimer(FIRST_EVENT_MS, resolve);
  });
  try {
    await Promise.race([first, late]);
  } finally {
    timer?.[Symbol.dispose]();
  }
  let isFirst = true;
  return {
    rest: {
      next: () => {
        if (!isFirst) return events.next();
        isFirst = false;
        return first;
      },
      return: async () => (await events.return?.()) ?? { done: true, value: undefined },
    },
  };
}

/** Writes events as they come (HTML Living Standard, Server-sent events) until they end or the reader is gone. Never rejects. */
export async function writeEvents(options: EventStreamOptions): Promise<void> {
  const { response, events, clock, failure } = options;
  response.writeHead(200, {
    ...options.headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    connection: 'close',
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  const heart = heartbeat(response, clock);
  try {
    for (let next = await events.next(); !next.done && !response.destroyed; next = await events.next()) {
      await write(response, textOf(next.value), clock);
    }
  } catch (thrown) {
    if (!response.destroyed) response.write(`event: error\ndata: ${JSON.stringify(failure(thrown))}\n\n`);
  } finally {
    heart[Symbol.dispose]();
    await events.return?.().catch(() => undefined);
    response.end();
  }
}

/** JSON has no line ends of its own, so its text is one line of data. */
function textOf({ id, data }: ServerSentEvent): string {
  return id === undefined ? `data: ${data}\n\n` : `id: ${id}\ndata: ${data}\n\n`;
}

async function write(response: ServerResponse, text: string, clock: Clock): Promise<void> {
  if (response.write(text) || response.destroyed) return;
  const stalled = clock.setTimer(STALLED_MS, () => response.destroy());
  const gone = new AbortController();
  const onClose = (): void => gone.abort();
  response.once('close', onClose);
  try {
    await once(response, 'drain', { signal: gone.signal });
  } catch {
    // The reader is gone; the loop sees it.
  } finally {
    response.off('close', onClose);
    stalled[Symbol.dispose]();
  }
}

function heartbeat(response: ServerResponse, clock: Clock): Disposable {
  let timer: Disposable;
  const beat = (): void => {
    if (!response.destroyed && !response.writableNeedDrain) response.write(': \n\n');
    timer = clock.setTimer(HEARTBEAT_MS, beat);
  };
  timer = clock.setTimer(HEARTBEAT_MS, beat);
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
}
