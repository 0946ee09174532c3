import { expect, test } from 'vitest';
import type { PluginSummary } from '../../../schema/contract/plugin.ts';
import type { SecretHanding } from '../../../schema/contract/secret.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { formOf } from './secret-form.ts';
import { SecretsStore } from './secrets-store.ts';

const session = { id: 'work' as SessionId, workspace: '/w' }; // A brand has no other maker in tests.

const plugin = (id: string, of: Partial<PluginSummary>): PluginSummary => ({
  id,
  version: '1.0.0',
  displayName: id,
  description: '',
  publisher: 'Acme',
  digest: '',
  state: 'registered',
  tags: [],
  tools: [],
  ...of,
});

test('a session is shown what it and its folder are given, and failures are told', async () => {
  const as = { kind: 'variable', variable: 'A' } as const;
  const handing = (id: string, to: Partial<SecretHanding>): SecretHanding => ({ id, name: 'npm', as, at: 1, ...to });
  const mine = [
    handing('1', { session: session.id }),
    handing('2', { workspace: '/w' }),
    handing('4', { plugin: 'issues' }),
    handing('5', { plugin: 'issues', session: session.id }),
  ];
  const plugins = [
    plugin('issues', { origin: 'installed' }),
    plugin('git', { origin: 'core' }),
    plugin('bad', { origin: 'installed', state: 'refused' }),
  ];
  const told: unknown[] = [];
  const failure = new Error('refused');
  const store = new SecretsStore({
    client: {
      secret: {
        add: async () => Promise.reject(failure),
        list: async () => ({
          secrets: [{ name: 'npm', addedAt: 1 }],
          handings: [
            ...mine,
            handing('3', { workspace: '/other' }),
            handing('6', { plugin: 'issues', workspace: '/other' }),
          ],
        }),
        remove: async () => ({ removed: true }),
        hand: async () => mine[0] ?? handing('1', {}),
        withdraw: async () => ({ withdrawn: true }),
      },
      plugin: { list: async () => ({ plugins }) },
    },
    session,
    onFailure: (thrown) => told.push(thrown),
  });
  expect(await store.load()).toBe(true);
  expect(store.store.getState()).toEqual({
    secrets: [{ name: 'npm', addedAt: 1 }],
    handings: mine,
    plugins: plugins.slice(0, 1),
    busy: false,
  });
  expect(await store.add('x', 'the-very-value')).toBe(false);
  expect(told).toEqual([failure]);
});

test('what is typed is a form that the kernel takes, or none', () => {
  expect(formOf('variable', ' TOKEN ')).toEqual({ kind: 'variable', variable: 'TOKEN' });
  expect(formOf('file', 'deploy.key')).toEqual({ kind: 'file', file: 'deploy.key' });
  expect(formOf('header', 'https://npm.example.com/')).toEqual({ kind: 'header', origin: 'https://npm.example.com' });
  expect([formOf('variable', '1x'), formOf('file', '../x'), formOf('header', 'npm.example.com')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
