import { expect, test } from 'vitest';
import type { GatewayRequest, GatewayStatus, GatewayTraffic } from '../../../schema/contract/gateway.ts';
import { DEFAULT_SETTINGS } from '../../../schema/contract/app.ts';
import { Fault } from '../../../schema/fault.ts';
import { GatewayStore, SHOWN_REQUESTS } from './gateway-store.ts';

const OFF: GatewayStatus = {
  state: 'off',
  url: null,
  port: 0,
  openedBy: null,
  program: { command: 'cavern', args: [], home: null },
};
const ON: GatewayStatus = { ...OFF, state: 'on', url: 'http://127.0.0.1:7433', openedBy: 'operator', since: 1 };

function request(seq: number): GatewayRequest {
  return { seq, at: seq, method: 'GET', route: '/api/v1/tools', key: 'cav_k3v9xw2m', status: 200, durationMs: 1 };
}

function traffic(from: number, to: number): GatewayTraffic {
  const requests = Array.from({ length: to - from + 1 }, (_, index) => request(from + index));
  return { connections: [], connected: 0, requests, answered: to, limits: [] };
}

/** Each opening of the stream of traffic gives the next of these. */
function storeOf(openings: GatewayTraffic[][], leaving = new AbortController()) {
  const taken = new Set<number>();
  const never = (): never => {
    throw new Error('not for these tests');
  };
  const store = new GatewayStore({
    app: {
      version: never,
      doctor: never,
      fsck: never,
      settings: never,
      watch: never,
      arrange: never,
      async configure({ change }) {
        if (change.gateway?.certificate === '/gone.pem') throw new Fault('invalid_setting', 'Cannot change them');
        return { ...DEFAULT_SETTINGS, ...change };
      },
    },
    gateway: {
      status: async () => OFF,
      async *watch() {
        yield ON;
      },
      async enable({ port }) {
        if (taken.has(port)) throw new Fault('port_taken', 'Cannot serve on port 80', { fix: 'Another.' });
        return ON;
      },
      disable: async () => OFF,
      async *traffic() {
        const next = openings.shift();
        if (next === undefined) return leaving.abort();
        yield* next;
      },
    },
  });
  return { store, leaving, taken };
}

test('what was refused is told beside the switch, and gone with the next try', async () => {
  const { store, taken } = storeOf([]);
  taken.add(80);
  expect(await store.enable(80)).toBe(false);
  expect(store.store.getState()).toMatchObject({ busy: false, problem: { code: 'port_taken', fix: 'Another.' } });
  expect(await store.enable(81)).toBe(true);
  expect(store.store.getState()).toMatchObject({ status: ON, problem: undefined });
  expect(await store.disable()).toBe(true);
  expect(store.store.getState().status).toEqual(OFF);
});

test('where it is served is kept, and what is served is shown as it is then; a refusal is told beside the switch', async () => {
  const { store } = storeOf([]);
  const { gateway } = DEFAULT_SETTINGS;
  expect(await store.place({ ...gateway, certificate: '/gone.pem' })).toBe(false);
  expect(store.store.getState()).toMatchObject({ busy: false, problem: { code: 'invalid_setting' } });
  expect(await store.place({ ...gateway, address: '127.0.0.2' })).toBe(true);
  expect(store.store.getState()).toMatchObject({ status: OFF, problem: undefined });
});

test('requests are shown once each, the newest first, and as many as have room', async () => {
  const { store, leaving } = storeOf([[traffic(1, 3), traffic(4, 5)]]);
  await store.followTraffic(leaving.signal);
  expect(store.store.getState().requests.map(({ seq }) => seq)).toEqual([5, 4, 3, 2, 1]);
  const again = storeOf([[traffic(1, SHOWN_REQUESTS + 50)]]);
  await again.store.followTraffic(again.leaving.signal);
  expect(again.store.store.getState().requests).toHaveLength(SHOWN_REQUESTS);
});

test('what a stream tells again when it is opened again is not shown twice, and a new kernel begins anew', async () => {
  const openings = [[traffic(1, 4)]];
  const { store } = storeOf(openings);
  const shown: number[][] = [];
  for (const next of [traffic(1, 6), traffic(1, 2), undefined]) {
    const leaving = new AbortController();
    const unsubscribe = store.store.subscribe(() => leaving.abort());
    await store.followTraffic(leaving.signal);
    unsubscribe();
    shown.push(store.store.getState().requests.map(({ seq }) => seq));
    if (next) openings.push([next]);
  }
  expect(shown).toEqual([
    [4, 3, 2, 1],
    [6, 5, 4, 3, 2, 1],
    [2, 1],
  ]);
});
