import { expect, test } from 'vitest';
import { Broadcast } from '../../../base/broadcast.ts';
import { detachedPanels, windowPage } from './window-page.ts';
import type { DetachedWindow } from './window-places.ts';

const changes: DetachedWindow = { session: 'ses_1', panel: 'changes', from: 1 };

test('the address of a window says which it is and what it is about, and nothing of the first', () => {
  expect([
    windowPage(1, { origin: 'new' }),
    windowPage(2, { origin: 'new' }),
    windowPage(2, { origin: 'restored' }),
    windowPage(3, { origin: 'new', session: 'ses_1' }),
    windowPage(4, { origin: 'restored', detached: { ...changes, panel: 'terminal:a&b' } }),
  ]).toEqual([
    '/index.html',
    '/index.html?window=2',
    '/index.html?window=2&restored=',
    '/index.html?window=3&session=ses_1',
    '/index.html?window=4&session=ses_1&panel=terminal%3Aa%26b&from=1',
  ]);
});

test('a page is told which of its panels are elsewhere, at once and whenever that changes, and a window that is gone has none', async () => {
  const detaching = new Broadcast<void>();
  let elsewhere: DetachedWindow[] = [];
  const windows = { at: (slot: number) => (slot === 1 ? { detaching } : undefined), detachedFrom: () => elsewhere };
  const leaving = new AbortController();
  const told = detachedPanels(windows, 1, leaving.signal);
  expect((await told.next()).value).toEqual([]);
  const next = told.next();
  elsewhere = [changes];
  detaching.publish();
  expect((await next).value).toEqual([{ session: 'ses_1', panel: 'changes' }]);
  leaving.abort();
  expect((await told.next()).done).toBe(true);
  const gone = detachedPanels(windows, 2, new AbortController().signal);
  expect([(await gone.next()).done, (await gone.next()).done]).toEqual([false, true]);
});
