import { connect } from 'node:net';
import { expect, test, vi } from 'vitest';
import { ShelfGateway } from './testing/shelf-gateway.ts';
import { ADMIN } from './testing/shelf-keys.ts';
import type { HttpTraffic } from './watched-traffic.ts';

const LIMIT = { timeout: 15_000 };

/** What was told, with the connections that are open as `kind key requests`. */
class Told implements HttpTraffic {
  readonly open = new Set<{ text: string }>();
  readonly answers: string[] = [];

  opened() {
    const connection = { text: 'silent' };
    let requests = 0;
    this.open.add(connection);
    return {
      carries: (kind: string, key: string): void => {
        requests += 1;
        connection.text = `${kind} ${key} ${requests}`;
      },
      closed: (): void => void this.open.delete(connection),
    };
  }

  answered({ method, route, key, status }: Parameters<HttpTraffic['answered']>[0]): void {
    this.answers.push([method, route ?? 'none', key ?? 'no key', status].join(' '));
  }

  get connections(): string[] {
    return [...this.open].map(({ text }) => text).sort();
  }
}

test('connections and answers are told by route and key, and nothing of what clients wrote', async () => {
  const traffic = new Told();
  await using gateway = await ShelfGateway.open({ traffic });
  await gateway.fetch('/api/v1/things/lamp?close_up=true');
  await gateway.fetch('/api/v1/things/lamp', { headers: { authorization: 'Bearer cav_guessed1_secret' } });
  await gateway.fetch('/api/v1/cav_guessed1_secret');
  const telling = (): void =>
    expect(traffic.answers).toEqual([
      'GET /api/v1/things/:name cav_admin111 200',
      'GET /api/v1/things/:name no key 401',
      'GET none cav_admin111 404',
    ]);
  await vi.waitFor(telling, LIMIT);
});

test('a connection is what goes over it, for as long as it is there', async () => {
  const traffic = new Told();
  await using gateway = await ShelfGateway.open({ traffic });
  const silent = connect(gateway.port, '127.0.0.1');
  const leaving = new AbortController();
  const events = await gateway.fetch('/api/v1/lines', { signal: leaving.signal });
  const options: unknown = { headers: { authorization: `Bearer ${ADMIN}` } };
  // Node's takes headers; the type is that of a browser's.
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/api/v1/rooms/3`, options as string[]);
  const open = ['events cav_admin111 1', 'silent', 'websocket cav_admin111 1'];
  await vi.waitFor(() => expect(traffic.connections).toEqual(open), LIMIT);
  leaving.abort();
  await events.body?.cancel().catch(() => undefined);
  socket.close();
  silent.destroy();
  await vi.waitFor(() => expect(traffic.connections).toEqual([]), LIMIT);
});
