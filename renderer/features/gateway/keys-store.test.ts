import { expect, test } from 'vitest';
import type { IssuedKey, Key, KeyId, KeyPicture, KeyWebhook } from '../../../schema/contract/key.ts';
import { KeysStore } from './keys-store.ts';

// A brand has no other maker in tests.
const id = 'k3v9xw2m' as KeyId;
const key: Key = {
  id,
  prefix: 'cav_k3v9xw2m',
  scope: 'admin',
  owner: 'x',
  state: 'active',
  issuedAt: 1,
  expiresAt: 2,
};
const issued: IssuedKey = { ...key, token: `cav_k3v9xw2m_${'S'.repeat(48)}` };
const webhook: KeyWebhook = { url: null, hasSecret: false, waiting: 0, failed: 0 };

function setUp() {
  const failures: unknown[] = [];
  const asked: unknown[] = [];
  const state = { isRefused: false };
  const answer = async <T>(value: T): Promise<T> => {
    if (state.isRefused) throw new Error('refused');
    return value;
  };
  const store = new KeysStore({
    client: {
      key: {
        issue: (order) => answer(issued).finally(() => asked.push(order)),
        list: () => answer({ keys: [key], webhook }),
        async *watch(_input, options) {
          yield { keys: [key], webhook } satisfies KeyPicture;
          await new Promise((resolve) => options?.signal?.addEventListener('abort', resolve, { once: true }));
        },
        rotate: () => answer(issued),
        revoke: () => answer(key),
        configureWebhook: (order) => answer({ ...webhook, url: order.url }).finally(() => asked.push(order)),
        limits: () => answer({ kinds: [{ kind: 'admin' as const, lifetimeMs: 1, requestsPerMinute: 1000 }] }),
      },
    },
    onFailure: (thrown) => failures.push(thrown),
  });
  return { store, failures, asked, state };
}

test('a token is there from when it was made until the person has it', async () => {
  const { store } = setUp();
  expect(await store.issue({ scope: 'admin' })).toBe(true);
  expect(store.store.getState().issued).toEqual({ key: issued, by: 'issue' });
  store.forgetToken();
  expect(JSON.stringify(store.store.getState())).not.toContain('SSS');
  expect(await store.rotate(id)).toBe(true);
  expect(store.store.getState().issued).toEqual({ key: issued, by: 'rotation' });
});

test('what is refused is told, leaves no token, and the buttons work again', async () => {
  const { store, failures, state } = setUp();
  state.isRefused = true;
  expect([await store.issue({ scope: 'admin' }), await store.rotate(id), await store.revoke(id)]).toEqual([
    false,
    false,
    false,
  ]);
  expect(failures).toHaveLength(3);
  expect(store.store.getState()).toMatchObject({ issued: undefined, busy: false });
});

test('the keys are followed until nobody looks any more', async () => {
  const { store } = setUp();
  const abort = new AbortController();
  const shown = new Promise<void>((resolve) => {
    const stop = store.store.subscribe(({ loaded, limits }) => {
      if (!loaded || limits.length === 0) return;
      stop();
      resolve();
    });
  });
  const following = store.follow(abort.signal);
  await shown;
  expect(store.store.getState()).toMatchObject({ keys: [key], webhook, failure: undefined });
  abort.abort();
  await following;
});

test('a webhook keeps its secret where none is typed', async () => {
  const { store, asked } = setUp();
  await store.configureWebhook('https://x.example', '');
  await store.configureWebhook(null, '');
  await store.configureWebhook('https://x.example', 'a-secret-of-16-chars');
  expect(asked).toEqual([
    { url: 'https://x.example' },
    { url: null },
    { url: 'https://x.example', secret: 'a-secret-of-16-chars' },
  ]);
});
