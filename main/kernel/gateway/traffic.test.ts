import { expect, test } from 'vitest';
import type { GatewayTraffic } from '../../../schema/contract/gateway.ts';
import { VirtualClock } from '../../base/clock.ts';
import { KEPT_REQUESTS, LISTED_CONNECTIONS, TELL_EVERY_MS, Traffic } from './traffic.ts';

const ANSWER = { method: 'GET', route: '/api/v1/tools', key: 'cav_k3v9xw2m', status: 200, durationMs: 1.26 } as const;

function traffic() {
  const clock = new VirtualClock(1000);
  const watched = new Traffic({ clock, limits: () => [] });
  const leaving = new AbortController();
  const events = watched.watch(leaving.signal);
  const next = async (): Promise<GatewayTraffic | undefined> => (await events.next()).value ?? undefined;
  return { clock, watched, leaving, next };
}

/** Turns the hands until the promise has its value. */
async function afterTime<T>(clock: VirtualClock, wanted: Promise<T>): Promise<T> {
  const state = { ended: false };
  void wanted.finally(() => {
    state.ended = true;
  });
  while (!state.ended) {
    clock.advance(TELL_EVERY_MS);
    await Promise.resolve();
  }
  return wanted;
}

test('whoever follows is told what is known, and then only what came since', async () => {
  const { clock, watched, next } = traffic();
  const connection = watched.opened();
  connection.carries('mcp', 'cav_k3v9xw2m');
  watched.answered(ANSWER);
  expect(await next()).toEqual({
    connections: [{ id: 1, kind: 'mcp', key: 'cav_k3v9xw2m', since: 1000, requests: 1 }],
    connected: 1,
    requests: [{ seq: 1, at: 1000, ...ANSWER, durationMs: 1.3 }],
    answered: 1,
    limits: [],
  });
  watched.answered({ ...ANSWER, route: undefined, key: undefined, status: 404 });
  connection.closed();
  const event = await afterTime(clock, next());
  expect(event).toMatchObject({ connected: 0, connections: [], answered: 2 });
  expect(event?.requests).toMatchObject([{ seq: 2, route: null, key: null, status: 404 }]);
});

test('memory is fixed, however much comes', async () => {
  const { watched, next } = traffic();
  for (let count = 0; count < KEPT_REQUESTS * 3; count += 1) watched.answered(ANSWER);
  for (let count = 0; count < LISTED_CONNECTIONS * 2; count += 1) watched.opened();
  const event = await next();
  expect(event?.requests.map(({ seq }) => seq)).toEqual(
    Array.from({ length: KEPT_REQUESTS }, (_, index) => KEPT_REQUESTS * 2 + index + 1),
  );
  expect([event?.connections.length, event?.connected, event?.answered]).toEqual([
    LISTED_CONNECTIONS,
    LISTED_CONNECTIONS * 2,
    KEPT_REQUESTS * 3,
  ]);
});

test('nothing is told and no timer runs while nothing goes on', async () => {
  const { clock, leaving, next } = traffic();
  await next();
  const waiting = next();
  for (let turn = 0; turn < 20; turn += 1) {
    clock.advance(TELL_EVERY_MS);
    await Promise.resolve();
  }
  expect(clock.waiting).toBe(0);
  leaving.abort();
  expect(await waiting).toBeUndefined();
});
