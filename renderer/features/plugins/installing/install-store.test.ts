import { beforeEach, expect, test } from 'vitest';
import type { PluginInspection, PluginOffer } from '../../../../schema/contract/plugin.ts';
import { Fault } from '../../../../schema/fault.ts';
import { InstallStore, type InstallStoreOptions, placeIn } from './install-store.ts';

interface Order {
  readonly source: string;
  readonly consent?: { readonly digest: string };
}

const offer = (id: string): PluginOffer => ({
  id,
  version: '1.1.0',
  file: `/team/${id}.tgz`,
  pin: '0'.repeat(64),
  state: 'update',
  installed: '1.0.0',
});
const OFFERS = ['same', 'more', 'gone', 'last'].map(offer);
let orders: Order[] = [];
let told: (string | number)[] = [];
let store: InstallStore;

beforeEach(() => {
  orders = [];
  told = [];
  const inspect = async ({ source }: Order): Promise<Partial<PluginInspection>> => {
    if (source.includes('gone')) throw new Error('gone');
    return { id: source, digest: source, capabilities: [], needsConsent: source.includes('more') };
  };
  const install = async (order: Order) => {
    orders.push(order);
    return { plugin: { id: order.source } };
  };
  store = new InstallStore({
    // The store calls nothing else, and looks at no more of what it is given.
    client: { plugin: { inspect, install } } as unknown as InstallStoreOptions['client'],
    onFailure: () => told.push('failure'),
    onInstalled: async ({ id }) => void told.push(id),
    onRound: async (updated) => void told.push(updated),
  });
});

const shown = () => {
  const { installing, round } = store.store.getState();
  return [installing?.step, round === undefined ? undefined : placeIn(round)];
};

test('a round installs what asks for nothing more, and waits for an answer to the rest', async () => {
  await store.updateAll(OFFERS);
  expect(shown()).toEqual(['agree', 2]);
  expect(orders).toEqual([{ source: '/team/same.tgz', pin: '0'.repeat(64) }]);
  await store.agree();
  expect(orders.at(-1)).toMatchObject({ source: '/team/more.tgz', consent: { digest: '/team/more.tgz' } });
  expect(shown()).toEqual(['refused', 3]);
  await store.skip();
  expect(shown()).toEqual([undefined, undefined]);
  expect(orders.map(({ source }) => source)).toEqual(['/team/same.tgz', '/team/more.tgz', '/team/last.tgz']);
  expect(told).toEqual([3]);
});

test('a round that is ended leaves the rest as it is', async () => {
  await store.updateAll(OFFERS);
  store.close();
  expect(shown()).toEqual([undefined, undefined]);
  expect([orders.length, told]).toEqual([1, [1]]);
});

test('what is asked once something else was installed is shown, and not agreed to unseen', async () => {
  let inspections = 0;
  const inspection = { digest: 'd', capabilities: [], replaces: 'before', needsConsent: true };
  store = new InstallStore({
    // The store calls nothing else.
    client: {
      plugin: {
        inspect: async () => ({ ...inspection, id: String((inspections += 1)) }),
        install: async () => Promise.reject(new Fault('consent_needed', 'Cannot install it')),
      },
    } as unknown as InstallStoreOptions['client'],
    onFailure: () => told.push('failure'),
    onInstalled: async ({ id }) => void told.push(id),
    onRound: async () => undefined,
  });
  await store.look({ source: '/team/more.tgz' });
  await store.agree();
  expect(store.store.getState().installing).toMatchObject({ step: 'agree', inspection: { id: '2' } });
  expect(told).toEqual([]);
});

test('one package alone is installed only when it was agreed to', async () => {
  await store.look({ source: '/team/same.tgz' });
  expect([shown(), orders]).toEqual([['agree', undefined], []]);
  await store.agree();
  expect([shown(), told]).toEqual([[undefined, undefined], ['/team/same.tgz']]);
});
