import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { statusesOf } from './testing/raw-request.ts';
import { FLOOD_LINES, ShelfGateway } from './testing/shelf-gateway.ts';
import { ADMIN } from './testing/shelf-keys.ts';

const LIMIT = { timeout: 15_000 };

let gateway: ShelfGateway;
beforeEach(async () => {
  gateway = await ShelfGateway.open();
});
afterEach(() => gateway[Symbol.asyncDispose]());

class Room {
  readonly #socket: WebSocket;
  readonly heard: unknown[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;

  constructor(path: string) {
    const options: unknown = { headers: { authorization: `Bearer ${ADMIN}` } };
    // Node's takes headers; the type is that of a browser's.
    this.#socket = new WebSocket(`${gateway.url.replace('http', 'ws')}${path}`, options as string[]);
    this.#socket.addEventListener('message', ({ data }) => this.heard.push(JSON.parse(String(data))));
    this.#socket.addEventListener('close', ({ code, reason }) => {
      this.closed = { code, reason };
    });
  }

  send(message: unknown): void {
    this.#socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  sendBytes(): void {
    this.#socket.send(new Uint8Array([1, 2, 3]));
  }

  close(): void {
    this.#socket.close();
  }
}

async function openRoom(): Promise<Room> {
  const room = new Room('/api/v1/rooms/3');
  await vi.waitFor(() => expect(room.heard).toEqual([{ room: 'room-3', heard_text: 'opened' }]), LIMIT);
  return room;
}

describe('a stream over a WebSocket', () => {
  it('gives its events as messages, and makes calls of messages, in their order', async () => {
    const room = await openRoom();
    const said = Array.from({ length: 50 }, (_, n) => `text ${n}`);
    for (const text of said) room.send({ type: 'say', spoken_text: text });
    await vi.waitFor(() => expect(room.heard).toHaveLength(51), LIMIT);
    expect(room.heard.slice(1)).toEqual(said.map((text) => ({ room: 'room-3', heard_text: text })));
    room.send({ type: 'say', spoken_text: 'end' });
    await vi.waitFor(() => expect(room.closed).toEqual({ code: 1000, reason: '' }), LIMIT);
    expect(gateway.streams).toBe(0);
  });

  it('ends with its client', async () => {
    const room = await openRoom();
    room.close();
    await vi.waitFor(() => expect(gateway.streams).toBe(0), LIMIT);
  });

  it('ends with the server', async () => {
    const room = await openRoom();
    await gateway[Symbol.asyncDispose]();
    await vi.waitFor(() => expect(room.closed).toBeDefined(), LIMIT);
    expect(gateway.streams).toBe(0);
  });

  it('waits for a client that does not read', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    const upgrade = [
      'GET /api/v1/rooms/3 HTTP/1.1',
      `Host: 127.0.0.1:${gateway.port}`,
      `Authorization: Bearer ${ADMIN}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ];
    socket.write(`${upgrade.join('\r\n')}\r\n\r\n`);
    socket.pause();
    await vi.waitFor(() => expect(gateway.streams).toBe(1), LIMIT);
    gateway.rooms.get('room-3')?.('flood');
    await vi.waitFor(() => expect(gateway.flood).toBeGreaterThan(1), LIMIT);
    // Whatever the buffers between take: it stands still long before the end.
    let before = -1;
    while (gateway.flood !== before) {
      before = gateway.flood;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(gateway.flood).toBeLessThan(FLOOD_LINES / 2);
    socket.destroy();
    await vi.waitFor(() => expect(gateway.streams).toBe(0), LIMIT);
  });
});

describe('a message that is none', () => {
  it.each([
    ['no JSON', 'hello'],
    ['no object', '[]'],
    ['of no type', '{}'],
    ['of a type that an object has by itself', '{"type":"constructor"}'],
    ['with too much in it', JSON.stringify({ type: 'say', spoken_text: 'x', admin: true })],
    ['with a member under its inner name', JSON.stringify({ type: 'say', spokenText: 'x' })],
    ['with something else in it', JSON.stringify({ type: 'say', spoken_text: 7 })],
  ])('is answered with an error, and nothing ends: %s', async (_name, text) => {
    const room = await openRoom();
    room.send(text);
    await vi.waitFor(() => expect(room.heard).toHaveLength(2), LIMIT);
    expect(room.heard[1]).toMatchObject({ type: 'error', error: 'invalid_input' });
    room.send({ type: 'say', spoken_text: 'still here' });
    await vi.waitFor(() => expect(room.heard).toHaveLength(3), LIMIT);
  });

  it('cannot speak in another room than its own', async () => {
    const room = await openRoom();
    gateway.rooms.set('another', () => {
      throw new Error('it was heard');
    });
    room.send({ type: 'say', spoken_text: 'hello', room: 'another' });
    await vi.waitFor(() => expect(room.heard).toHaveLength(2), LIMIT);
    expect(room.heard[1]).toEqual({ room: 'room-3', heard_text: 'hello' });
  });

  it('ends the connection when it is bytes, or too large', async () => {
    const bytes = await openRoom();
    bytes.sendBytes();
    await vi.waitFor(() => expect(bytes.closed?.code).toBe(1003), LIMIT);
    const large = await openRoom();
    large.send('x'.repeat(2 * 1024 * 1024));
    await vi.waitFor(() => expect(large.closed?.code).toBe(1009), LIMIT);
    await vi.waitFor(() => expect(gateway.streams).toBe(0), LIMIT);
  });
});

describe('a WebSocket that is refused', () => {
  it('says why in its close code', async () => {
    const room = new Room('/api/v1/rooms/none');
    await vi.waitFor(() => expect(room.closed).toEqual({ code: 4400, reason: 'invalid_input' }), LIMIT);
  });

  it.each([
    ['no key', {}, 401],
    ['a page of another site', { authorization: `Bearer ${ADMIN}`, origin: 'https://attacker.example' }, 403],
    ['another host', { authorization: `Bearer ${ADMIN}`, host: 'attacker.example' }, 403],
  ])('is no connection at all: %s', async (_name, headers, status) => {
    const lines = Object.entries({ host: `127.0.0.1:${gateway.port}`, ...headers }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
    const socket = connect(gateway.port, '127.0.0.1');
    let received = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      received += text;
    });
    socket.write(
      `GET /api/v1/rooms/3 HTTP/1.1\r\n${lines.join('\r\n')}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}\r\n\r\n`,
    );
    await vi.waitFor(() => expect(statusesOf(received)).toEqual([status]), LIMIT);
    socket.destroy();
    expect(gateway.streams).toBe(0);
  });
});
