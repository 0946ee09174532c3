import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { statusesOf } from './testing/raw-request.ts';
import { ShelfGateway } from './testing/shelf-gateway.ts';
import { ADMIN } from './testing/shelf-keys.ts';

/** Short, so that a test can wait for them; a server looks once a second. */
const LIMITS = { headersTimeoutMs: 1000, requestTimeoutMs: 1500, connections: 8 };
/** Only against hanging. */
const LIMIT = { timeout: 60_000 };

let gateway: ShelfGateway;
let open: () => number;
let clients: Socket[] = [];

async function listen(limits: Partial<typeof LIMITS>): Promise<void> {
  let connected = 0;
  open = () => connected;
  gateway = await ShelfGateway.open({
    limits: { ...LIMITS, ...limits },
    traffic: {
      opened() {
        connected += 1;
        return { carries: () => undefined, closed: () => void (connected -= 1) };
      },
      answered: () => undefined,
    },
  });
}

afterEach(async () => {
  for (const client of clients) client.destroy();
  clients = [];
  await gateway[Symbol.asyncDispose]();
});

interface Client {
  readonly socket: Socket;
  /** What it was told until it was cut off. */
  readonly cutOff: Promise<string>;
}

function client(): Client {
  const socket = connect(gateway.port, '127.0.0.1');
  clients.push(socket);
  let received = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text;
  });
  // A server that cuts off may do so while we write.
  socket.on('error', () => undefined);
  return { socket, cutOff: new Promise((resolve) => socket.on('close', () => resolve(received))) };
}

/** Writes its text a letter at a time, without an end, until it is cut off. */
function dribble({ socket, cutOff }: Client, letter: string): void {
  const timer = setInterval(() => socket.writable && socket.write(letter), 50);
  void cutOff.then(() => clearInterval(timer));
}

const head = (): string => `Host: 127.0.0.1:${gateway.port}\r\nAuthorization: Bearer ${ADMIN}\r\n`;

describe('a client that is slow on purpose', { timeout: 90_000 }, () => {
  it('is cut off: with headers that never end, a body that never ends, and a chunk that never ends', async () => {
    await listen({});
    const [silent, headers, body, chunk] = [client(), client(), client(), client()];
    silent.socket.write('GET /healthz HTTP/1.1\r\nHost: ');
    headers.socket.write(`GET /healthz HTTP/1.1\r\n${head()}X-Slow: `);
    dribble(headers, 'x');
    const post = `POST /api/v1/things HTTP/1.1\r\n${head()}Content-Type: application/json\r\n`;
    body.socket.write(`${post}Content-Length: 100000\r\n\r\n{"name":"`);
    dribble(body, 'x');
    chunk.socket.write(`${post}Transfer-Encoding: chunked\r\n\r\n186a0\r\n{"name":"`);
    dribble(chunk, 'x');
    const told = await Promise.all([silent, headers, body, chunk].map(({ cutOff }) => cutOff));
    expect(told.flatMap(statusesOf).filter((status) => status !== 408)).toEqual([]);
    expect(gateway.put).toEqual([]);
    await vi.waitFor(() => expect(open()).toBe(0), LIMIT);
  });

  it('takes no more connections than there are, and when it is gone others are served again', async () => {
    // Nobody is cut off meanwhile, however slow this machine is.
    await listen({ headersTimeoutMs: 120_000, requestTimeoutMs: 120_000 });
    const slow = Array.from({ length: LIMITS.connections }, client);
    for (const each of slow) {
      each.socket.write('GET /healthz HTTP/1.1\r\nX-Slow: ');
      dribble(each, 'x');
    }
    await vi.waitFor(() => expect(open()).toBe(LIMITS.connections), LIMIT);
    // Over the limit nothing is read and nothing is answered.
    const late = client();
    late.socket.write(`GET /healthz HTTP/1.1\r\n${head()}\r\n`);
    expect(await late.cutOff).toBe('');
    for (const { socket } of slow) socket.destroy();
    await vi.waitFor(() => expect(open()).toBe(0), LIMIT);
    expect((await gateway.fetch('/api/v1/things/lamp')).status).toBe(200);
  });

  it('that says nothing at all holds up nobody, and is cut off', async () => {
    await listen({ connections: 256 });
    const silent = Array.from({ length: 32 }, client);
    const answers = await Promise.all(silent.map(() => gateway.fetch('/api/v1/things/lamp')));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect((await Promise.all(silent.map(({ cutOff }) => cutOff))).flatMap(statusesOf)).not.toContain(200);
  });
});
