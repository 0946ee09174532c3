import { expect, test } from 'vitest';
import type { DetachedPanel } from '../../schema/contract/window.ts';
import type { SessionId } from '../../schema/entities.ts';
import { DetachedStore } from './detached-store.ts';
import type { KernelClient } from './kernel-client.ts';

// Ids of the kernel's making; here they only have to differ.
const [first, second] = ['ses_1', 'ses_2'] as [SessionId, SessionId];

test('a panel whose window was closed comes back once, whenever its session is shown, unless it has left again', async () => {
  const pictures: DetachedPanel[][] = [
    [
      { session: first, panel: 'changes' },
      { session: second, panel: 'audit' },
      { session: second, panel: 'tools' },
    ],
    [{ session: second, panel: 'tools' }],
    [
      { session: second, panel: 'audit' },
      { session: second, panel: 'tools' },
    ],
  ];
  const leaving = new AbortController();
  // Of the area's calls, those that the store makes.
  const client = {
    window: {
      async *detached() {
        for (const panels of pictures) yield { panels };
        leaving.abort();
      },
    },
  } as unknown as KernelClient;
  const store = new DetachedStore({ client, slot: 1, onFailure: () => undefined });
  await store.follow(leaving.signal);
  expect([store.takeReturning(first), store.takeReturning(first), store.takeReturning(second)]).toEqual([
    ['changes'],
    [],
    [],
  ]);
});
