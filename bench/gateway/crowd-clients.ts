import { once } from 'node:events';

/**
 * Runs in a process of its own, which is not what is measured: opens terminals that print and clients of events, reads all
 * that comes, says `open` when all are there, and ends with its input.
 */
export interface Crowd {
  readonly url: string;
  readonly token: string;
  readonly box: string;
  readonly terminals: number;
  readonly watchers: number;
  /** Typed into each terminal. */
  readonly chatter: string;
}

/** A terminal that prints without end, and a client that reads all of it. */
async function openTerminal({ url, token, box, chatter }: Crowd): Promise<void> {
  const options: unknown = { headers: { authorization: `Bearer ${token}` } };
  // Node's takes headers; the type is that of a browser's.
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/sandboxes/${box}/terminal`, options as string[]);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('message', () => resolve(), { once: true });
    socket.addEventListener('close', ({ reason }) => reject(new Error(`A terminal was closed: ${reason}`)));
  });
  socket.send(JSON.stringify({ type: 'write', text: chatter }));
}

/** A client of events that stays. */
async function openEvents({ url, token, box }: Crowd): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
  const { status, body } = await fetch(`${url}/api/v1/sandboxes/${box}/logs`, { headers });
  if (status !== 200) throw new Error(`A client of events was answered with ${status}`);
  const read = async (): Promise<void> => {
    for await (const _ of body ?? []);
  };
  read().catch(() => undefined);
}

// What the bench starts it with.
const crowd = JSON.parse(process.argv[2] ?? '{}') as Crowd;
for (let open = 0; open < crowd.terminals; open += 1) await openTerminal(crowd);
await Promise.all(Array.from({ length: crowd.watchers }, () => openEvents(crowd)));
process.stdout.write('open\n');
process.stdin.resume();
await once(process.stdin, 'end');
process.exit(0);
