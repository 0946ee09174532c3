import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ShelfGateway } from './testing/shelf-gateway.ts';
import { ADMIN } from './testing/shelf-keys.ts';

const LIMIT = { timeout: 30_000 };
const EVENT_CLIENTS = 200;
const SOCKETS = 50;

let gateway: ShelfGateway;
beforeEach(async () => {
  // Hundreds of connections at once on a slow machine: none of them is meant to be slow.
  gateway = await ShelfGateway.open({ limits: { headersTimeoutMs: 60_000 } });
});
afterEach(() => gateway[Symbol.asyncDispose]());

/** A client of events in a room of its own. */
async function openEvents(room: number, signal: AbortSignal): Promise<{ heard: string }> {
  const headers = { accept: 'text/event-stream' };
  const { body } = await gateway.fetch(`/api/v1/rooms/${room}`, { headers, signal });
  const client = { heard: '' };
  const read = async (): Promise<void> => {
    for await (const piece of body ?? []) client.heard += Buffer.from(piece).toString();
  };
  read().catch(() => undefined);
  return client;
}

function openSocket(room: number): { readonly socket: WebSocket; heard: string } {
  const options: unknown = { headers: { authorization: `Bearer ${ADMIN}` } };
  // Node's takes headers; the type is that of a browser's.
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/api/v1/rooms/${room}`, options as string[]);
  const client = { socket, heard: '' };
  socket.addEventListener('message', ({ data }) => {
    client.heard += String(data);
  });
  return client;
}

it('two hundred clients of events and fifty of sockets are served at once, hold up nobody, and leave nothing behind', async () => {
  const leave = new AbortController();
  const rooms = Array.from({ length: EVENT_CLIENTS }, (_, room) => room);
  const events = await Promise.all(rooms.map((room) => openEvents(room, leave.signal)));
  const sockets = Array.from({ length: SOCKETS }, (_, index) => openSocket(EVENT_CLIENTS + index));
  await vi.waitFor(() => expect(gateway.streams).toBe(EVENT_CLIENTS + SOCKETS), LIMIT);
  for (const tell of gateway.rooms.values()) tell('hello');
  const all = [...events, ...sockets];
  await vi.waitFor(() => expect(all.filter(({ heard }) => heard.includes('hello'))).toHaveLength(all.length), LIMIT);
  expect((await gateway.fetch('/api/v1/things/lamp')).status).toBe(200);
  leave.abort();
  for (const { socket } of sockets) socket.close();
  await vi.waitFor(() => expect(gateway.streams).toBe(0), LIMIT);
  expect((await gateway.fetch('/api/v1/things/lamp')).status).toBe(200);
}, 90_000);
