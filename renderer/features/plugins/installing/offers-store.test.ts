import { expect, test } from 'vitest';
import type { PluginOffer } from '../../../../schema/contract/plugin.ts';
import { OffersStore, type OffersStoreOptions, updatesOf } from './offers-store.ts';

const offer = (id: string, state: PluginOffer['state']): PluginOffer => ({
  id,
  version: '1.0.0',
  file: `/team/${id}.tgz`,
  pin: '0'.repeat(64),
  state,
  installed: state === 'available' ? null : '0.9.0',
});
const OFFERS = [offer('a', 'update'), offer('b', 'older'), offer('c', 'available'), offer('d', 'installed')];

function opened() {
  const read: string[] = [];
  const remembered: string[] = [];
  const offers = async ({ folder }: { folder: string }) => {
    read.push(folder);
    if (folder === '/gone') throw new Error('gone');
    return { offers: OFFERS };
  };
  // The store calls nothing else.
  const client = { plugin: { offers } } as unknown as OffersStoreOptions['client'];
  const store = new OffersStore({ client, remember: async (folder) => void remembered.push(folder) });
  return { store, read, remembered };
}

test('the folder of the settings is read when somebody looks, and nothing where there is none', async () => {
  const { store, read, remembered } = opened();
  await store.open('');
  expect(read).toEqual([]);
  await store.open('/team');
  expect(store.store.getState()).toMatchObject({ folder: '/team', offers: OFFERS });
  expect(updatesOf(store.store.getState().offers).map(({ id }) => id)).toEqual(['a']);
  expect([read, remembered]).toEqual([['/team'], []]);
});

test('another folder is remembered once it could be read, and stays while it is typed', async () => {
  const { store, remembered } = opened();
  await store.open('/team');
  store.setFolder('/gone');
  await store.load();
  expect(store.store.getState()).toMatchObject({
    offers: undefined,
    failure: { message: expect.any(String) as string },
  });
  store.setFolder('/other ');
  await store.open('/team');
  expect(store.store.getState().folder).toBe('/other ');
  await store.load();
  expect(remembered).toEqual(['/other']);
});
