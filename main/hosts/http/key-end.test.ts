import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ShelfGateway } from './testing/shelf-gateway.ts';
import { ADMIN, OTHER } from './testing/shelf-keys.ts';

const LIMIT = { timeout: 15_000 };

let gateway: ShelfGateway;
beforeEach(async () => {
  gateway = await ShelfGateway.open();
});
afterEach(() => gateway[Symbol.asyncDispose]());

interface Heard {
  readonly messages: unknown[];
  closed: { readonly code: number; readonly reason: string } | undefined;
}

function listen(path: string): { readonly socket: WebSocket; readonly heard: Heard } {
  const options: unknown = { headers: { authorization: `Bearer ${ADMIN}` } };
  // Node's takes headers; the type is that of a browser's.
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}${path}`, options as string[]);
  const heard: Heard = { messages: [], closed: undefined };
  socket.addEventListener('message', ({ data }) => heard.messages.push(JSON.parse(String(data))));
  socket.addEventListener('close', ({ code, reason }) => {
    heard.closed = { code, reason };
  });
  return { socket, heard };
}

describe('a key that ends in the middle of something', () => {
  it('ends its events with the reason, and opens nothing any more', async () => {
    const events = await gateway.fetch('/api/v1/lines');
    const text = events.text();
    await vi.waitFor(() => expect(gateway.streams).toBe(1), LIMIT);
    gateway.endKey(ADMIN);
    expect((await text).split('\n\n').slice(-2)).toEqual([
      expect.stringMatching(/^event: error\ndata: \{"error":"unauthenticated"/),
      '',
    ]);
    await vi.waitFor(() => expect(gateway.streams).toBe(0), LIMIT);
    expect((await gateway.fetch('/api/v1/things/lamp')).status).toBe(401);
  });

  it('ends its progress of a call, too, and the call with it', async () => {
    const events = await gateway.fetch('/api/v1/rooms/3');
    await vi.waitFor(() => expect(gateway.streams).toBe(1), LIMIT);
    gateway.endKey(ADMIN);
    expect(await events.text()).toContain('"error":"unauthenticated"');
    expect(gateway.streams).toBe(0);
  });

  it('closes its WebSockets with 4401, and does nothing of what they still say', async () => {
    const { socket, heard } = listen('/api/v1/rooms/3');
    await vi.waitFor(() => expect(heard.messages).toHaveLength(1), LIMIT);
    const said: string[] = [];
    gateway.rooms.set('room-3', (text) => void said.push(text));
    gateway.endKey(ADMIN);
    socket.send(JSON.stringify({ type: 'say', spoken_text: 'too late' }));
    await vi.waitFor(() => expect(heard.closed).toEqual({ code: 4401, reason: 'unauthenticated' }), LIMIT);
    await vi.waitFor(() => expect(gateway.streams).toBe(0), LIMIT);
    expect(said).toEqual([]);
  });

  it('closes the WebSocket of a client that reads nothing, and does nothing of what it says', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.on('error', () => undefined);
    const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
    const head = `Host: 127.0.0.1:${gateway.port}\r\nAuthorization: Bearer ${ADMIN}\r\nConnection: Upgrade\r\nUpgrade: websocket`;
    socket.write(`GET /api/v1/rooms/3 HTTP/1.1\r\n${head}\r\n${key}\r\n\r\n`);
    socket.pause();
    await vi.waitFor(() => expect(gateway.streams).toBe(1), LIMIT);
    gateway.rooms.get('room-3')?.('flood');
    await vi.waitFor(() => expect(gateway.flood).toBeGreaterThan(1), LIMIT);
    gateway.endKey(ADMIN);
    // The stream behind it is over once what is under way was taken: nothing more of it is asked for.
    socket.resume();
    await vi.waitFor(() => expect(gateway.streams).toBe(0), LIMIT);
    socket.destroy();
  });

  it('leaves the connections of others alone', async () => {
    const events = await gateway.fetch('/api/v1/rooms/7');
    await vi.waitFor(() => expect(gateway.streams).toBe(1), LIMIT);
    gateway.endKey(OTHER);
    gateway.rooms.get('room-7')?.('still here');
    gateway.rooms.get('room-7')?.('end');
    const text = await events.text();
    expect(text).toContain('still here');
    expect(text).not.toContain('unauthenticated');
  });

  it('lets a request go through that was let in before', async () => {
    const asked = gateway.fetch('/api/v1/wait', { method: 'POST' });
    await vi.waitFor(() => expect(gateway.waiting).toHaveLength(1), LIMIT);
    gateway.endKey(ADMIN);
    gateway.waiting[0]?.go();
    expect((await asked).status).toBe(200);
  });
});
