import { setTimeout as delay } from 'node:timers/promises';
import { longestTurn } from '../longest-turn.ts';
import { type Metrics, timeMetric } from '../metric.ts';
import type { BenchKernel } from './bench-kernel.ts';
import { smallCalls } from './small-calls.ts';

const WATCHERS = 200;
const TERMINALS = 50;
const START_LIMIT_MS = 120_000;
/** A terminal prints some hundred lines in each of twenty steps a second. */
const CHATTER = 'while :; do seq 1 100; sleep 0.05; done\n';
/** How long memory is watched; ten minutes where the bench has the time. */
const WATCH_MS = process.env['CAVERN_LONG'] === '1' ? 600_000 : 20_000;
const SAMPLE_MS = 1000;
const MIB = 1024 ** 2;

/** Calls while a terminal streams; then with two hundred clients of events and fifty terminals at once, and what that does to memory. */
export async function crowdedCalls(kernel: BenchKernel): Promise<Metrics> {
  const box = await kernel.client.box.create(
    { namespace: 'crowd', name: 'one' },
    { signal: AbortSignal.timeout(START_LIMIT_MS) },
  );
  const sockets: WebSocket[] = [];
  const watchers = new AbortController();
  try {
    sockets.push(await chattering(kernel, box.id));
    const alone = await smallCalls(kernel, 3);
    for (let open = 1; open < TERMINALS; open += 1) sockets.push(await chattering(kernel, box.id));
    const events = Array.from({ length: WATCHERS }, () => watching(kernel, box.id, watchers.signal));
    await Promise.all(events.map(({ open }) => open));
    const crowded = await smallCalls(kernel, 3);
    const memory = await watchedMemory();
    return {
      http_small_while_terminal: alone.rate,
      http_small_while_terminal_longest_turn: alone.turn,
      http_small_in_crowd: crowded.rate,
      http_small_in_crowd_longest_turn: crowded.turn,
      crowd_longest_turn: timeMetric([await longestTurn(() => delay(5000))], 'ms'),
      crowd_memory_growth: memory,
    };
  } finally {
    watchers.abort();
    for (const socket of sockets) socket.close();
    await kernel.client.box.remove({ session: box.id });
  }
}

/** A terminal that prints without end, and a client that reads all of it. */
async function chattering({ url, tokens }: BenchKernel, box: string): Promise<WebSocket> {
  const options: unknown = { headers: { authorization: `Bearer ${tokens[0] ?? ''}` } };
  // Node's takes headers; the type is that of a browser's.
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/sandboxes/${box}/terminal`, options as string[]);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('message', () => resolve(), { once: true });
    socket.addEventListener('close', ({ reason }) => reject(new Error(`The terminal was closed: ${reason}`)));
  });
  socket.send(JSON.stringify({ type: 'write', text: CHATTER }));
  return socket;
}

function watching({ url, tokens }: BenchKernel, box: string, signal: AbortSignal): { readonly open: Promise<void> } {
  const headers = { authorization: `Bearer ${tokens[1] ?? ''}`, accept: 'text/event-stream' };
  const answered = fetch(`${url}/api/v1/sandboxes/${box}/logs`, { headers, signal });
  const read = async (): Promise<void> => {
    const { body } = await answered;
    for await (const _ of body ?? []);
  };
  read().catch(() => undefined);
  return {
    open: answered.then(({ status }) => {
      if (status !== 200) throw new Error(`A client of events was answered with ${status}`);
    }),
  };
}

/** How much the heap and what lies beside it grows, from the least of the first quarter to the least of the last. */
async function watchedMemory() {
  const samples: number[] = [];
  for (let elapsedMs = 0; elapsedMs < WATCH_MS; elapsedMs += SAMPLE_MS) {
    await delay(SAMPLE_MS);
    const { heapUsed, external } = process.memoryUsage();
    samples.push((heapUsed + external) / MIB);
  }
  const quarter = Math.ceil(samples.length / 4);
  const growth = Math.max(0, Math.min(...samples.slice(-quarter)) - Math.min(...samples.slice(0, quarter)));
  return timeMetric([growth], 'MiB', [Math.min(...samples)]);
}
