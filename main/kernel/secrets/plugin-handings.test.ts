import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../../schema/audit-record.ts';
import type { PluginHolder, SecretHanding } from '../../../schema/contract/secret.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { VirtualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { Secret } from '../../base/secret.ts';
import type { SecretPlugin } from './ports.ts';
import { Secrets } from './secrets.ts';

// Brands have no other maker in tests.
const one = 'one' as SessionId;
const two = 'two' as SessionId;
const ORIGIN = 'https://api.test';
const acme: PluginHolder = { kind: 'signed', publisher: 'Acme', proof: 'key of Acme' };
const signed: SecretPlugin = { state: 'active', holder: acme, digest: 'd1', runtime: 'mcp', hosts: ['web'] };
const as = { kind: 'header', origin: ORIGIN } as const;

async function setUp(plugin: Partial<SecretPlugin> = {}) {
  const kept = new Map<string, SecretHanding>();
  const records: AuditEntry[] = [];
  const plugins = new Map<string, SecretPlugin>([['issues', { ...signed, ...plugin }]]);
  const workspaces = new Map([
    [one, '/a'],
    [two, '/b'],
  ]);
  const values = new Map<string, Secret>();
  let isDamaged = false;
  const secrets = new Secrets({
    vault: {
      list: () => [...values.keys()].map((name) => ({ name, addedAt: 1 })),
      put: ({ name }, value) => void values.set(name, value),
      delete: (name) => void values.delete(name),
      reveal(name) {
        if (isDamaged) throw new Fault('keystore_unavailable', 'Cannot read the secret: it is damaged');
        return values.get(name);
      },
    },
    store: {
      all: () => [...kept.values()],
      put: (handing) => void kept.set(handing.id, handing),
      delete: (id) => void kept.delete(id),
    },
    sessions: {
      running(session) {
        const workspace = workspaces.get(session);
        if (workspace === undefined) return undefined;
        const facts = { mode: 'explore', state: 'idle' };
        return { workspace, profile: 'agent', containerId: 'c', facts, workspaceRoots: [workspace] };
      },
      connection: () => {
        throw new Error('what is handed to a plugin does not enter a sandbox');
      },
      sessions: () => [...workspaces.keys()],
    },
    plugins: { load: async () => undefined, find: (id) => plugins.get(id) },
    policy: {
      groups: () => ({ web: ['api.test'], other: ['other.test'] }),
      decide: () => ({ decision: 'allow', via: 'rules', rule: 'r', reasons: [], flagged: false, warnings: [] }),
    },
    audit: { record: (entry) => void records.push(entry) },
    clock: new VirtualClock(1_000),
    logger: silentLogger,
  });
  await secrets.add({ name: 'token', value: 'the-very-value' });
  const change = (to: Partial<SecretPlugin> | undefined): void => {
    if (to === undefined) plugins.delete('issues');
    else plugins.set('issues', { ...signed, ...to });
    secrets.plugins.takeBack();
  };
  const given = (session: SessionId = one, user: { plugin?: string; digest?: string } = {}, host = 'api.test') =>
    secrets.plugins.credential({ session, plugin: 'issues', digest: 'd1', ...user }, host, 80)?.value.reveal();
  const handings = async () => (await secrets.list()).handings;
  const damage = (): void => {
    isDamaged = true;
  };
  return { secrets, damage, records, change, given, handings };
}

describe('a secret that is handed to a plugin', () => {
  test('goes into the requests of that plugin’s own sandboxes to its origin, and nowhere else', async () => {
    const { secrets, given, handings } = await setUp();
    const handed = await secrets.hand({ name: 'token', as, plugin: 'issues' });
    expect(handed).toMatchObject({ plugin: 'issues', holder: acme });
    expect([given(one), given(two)]).toEqual(['Bearer the-very-value', 'Bearer the-very-value']);
    expect(given(one, { plugin: 'words' })).toBeUndefined();
    expect(given(one, {}, 'other.test')).toBeUndefined();
    expect(given('gone' as SessionId)).toBeUndefined();
    expect(secrets.credential(one, 'api.test', 80)).toBeUndefined();
    await secrets.prepare(one);
    expect(await handings()).toEqual([handed]);
  });

  test('is for one session or folder where that was said, and what was said for fewer goes before', async () => {
    const { secrets, given } = await setUp();
    await secrets.add({ name: 'folder', value: 'for-the-folder' });
    await secrets.add({ name: 'mine', value: 'for-this-session' });
    await secrets.hand({ name: 'mine', as, plugin: 'issues', session: one });
    await secrets.hand({ name: 'folder', as, plugin: 'issues', workspace: '/a' });
    expect([given(one), given(two)]).toEqual(['Bearer for-this-session', undefined]);
    await secrets.hand({ name: 'token', as, plugin: 'issues' });
    expect([given(one), given(two)]).toEqual(['Bearer for-this-session', 'Bearer the-very-value']);
    secrets.forget(one);
    expect(given(one)).toBe('Bearer for-the-folder');
  });

  test('is not taken from what a session or its folder was handed', async () => {
    const { secrets, given } = await setUp();
    await secrets.hand({ name: 'token', as, session: one }).catch(() => undefined);
    await secrets.hand({ name: 'token', as, workspace: '/a' }).catch(() => undefined);
    expect(given(one)).toBeUndefined();
  });

  test('stays through an update by the same publisher, which the version before is not given any more', async () => {
    const { secrets, given, change, records } = await setUp();
    await secrets.hand({ name: 'token', as, plugin: 'issues' });
    expect(secrets.plugins.lostBy('issues', acme)).toEqual([]);
    expect(secrets.plugins.lostBy('issues', { ...acme, publisher: 'Evil' })).toEqual(['token']);
    change({ digest: 'd2' });
    expect([given(one), given(one, { digest: 'd2' })]).toEqual([undefined, 'Bearer the-very-value']);
    expect(records).toEqual([]);
  });

  test.each<[string, Partial<SecretPlugin> | undefined, string]>([
    ['is removed', undefined, 'the plugin was removed'],
    [
      'is signed by somebody else',
      { holder: { ...acme, publisher: 'Evil' } },
      'the plugin is not signed by "Acme" (key of Acme) any more, but signed by "Evil" (key of Acme)',
    ],
    [
      'is signed with another key of that name',
      { holder: { ...acme, proof: 'another key' } },
      'the plugin is not signed by "Acme" (key of Acme) any more, but signed by "Acme" (another key)',
    ],
    [
      'is signed by nobody any more',
      { holder: { kind: 'unsigned', digest: 'd1' } },
      'the plugin is not signed by "Acme" (key of Acme) any more, but the unsigned package d1',
    ],
  ])('is taken back when the plugin %s, and that is recorded', async (_what, now, reason) => {
    const { secrets, given, change, records, handings } = await setUp();
    await secrets.hand({ name: 'token', as, plugin: 'issues' });
    change(now);
    const data = { call: 'secret.hand', secret: 'token', plugin: 'issues', origin: ORIGIN };
    expect(records).toEqual([{ type: 'capability_ended', actor: 'kernel', reason, data }]);
    expect([given(one), await handings()]).toEqual([undefined, []]);
    change({});
    expect(given(one)).toBeUndefined();
  });

  test('that cannot be read is put into no request, and the proxy goes on', async () => {
    const { secrets, given, damage } = await setUp();
    await secrets.hand({ name: 'token', as, plugin: 'issues' });
    await secrets.hand({ name: 'token', as, session: one });
    damage();
    expect([given(one), secrets.credential(one, 'api.test', 80)]).toEqual([undefined, undefined]);
  });

  test('of a plugin that nobody signed is for that very package', async () => {
    const { secrets, given, change } = await setUp({ holder: { kind: 'unsigned', digest: 'd1' } });
    await secrets.hand({ name: 'token', as, plugin: 'issues' });
    expect(given(one)).toBe('Bearer the-very-value');
    change({ digest: 'd2', holder: { kind: 'unsigned', digest: 'd2' } });
    expect(given(one, { digest: 'd2' })).toBeUndefined();
  });

  test.each<[string, Partial<SecretPlugin>, string]>([
    ['is disabled', { state: 'disabled' }, 'disabled'],
    ['is refused', { state: 'refused', holder: undefined }, 'refused'],
    ['has a publisher who is not trusted', { holder: undefined }, 'another'],
    ['is under development', { digest: 'd1', holder: { kind: 'development', folder: '/src' } }, 'development'],
  ])('is withheld while the plugin %s', async (_what, now, withheld) => {
    const { secrets, given, change, handings, records } = await setUp();
    await secrets.hand({ name: 'token', as, plugin: 'issues' });
    change(now);
    expect(given(one)).toBeUndefined();
    expect(await handings()).toMatchObject([{ withheld }]);
    change({});
    expect([given(one), records]).toEqual(['Bearer the-very-value', []]);
  });

  test.each<[string, Partial<SecretPlugin>, object, object]>([
    ['is to be a variable', {}, { as: { kind: 'variable', variable: 'TOKEN' } }, { code: 'secret_unfit' }],
    ['is to be a file', {}, { as: { kind: 'file', file: 'token' } }, { code: 'secret_unfit' }],
    ['goes to a plugin that is not there', {}, { plugin: 'none' }, { code: 'plugin_unknown' }],
    ['goes to one that came with Cavern', { holder: undefined }, {}, { code: 'secret_unfit' }],
    ['goes to one that is refused', { state: 'refused', holder: undefined }, {}, { code: 'secret_unfit' }],
    ['goes to a module without a network', { runtime: 'wasm' }, {}, { why: expect.any(String) }],
    ['goes to one that lists no hosts', { hosts: [] }, {}, { why: 'Its manifest lists no hosts.' }],
    [
      'is for a host of another group',
      { hosts: ['other'] },
      {},
      { why: 'Its manifest lists other, and the policy has api.test:443 in none of them.' },
    ],
    ['goes to a session and a folder', {}, { session: one, workspace: '/a' }, { code: 'invalid_input' }],
  ])('is not handed in where it %s', async (_why, plugin, order, fault) => {
    const { secrets, handings } = await setUp(plugin);
    await expect(secrets.hand({ name: 'token', as, plugin: 'issues', ...order })).rejects.toMatchObject(fault);
    expect(await handings()).toEqual([]);
  });
});
