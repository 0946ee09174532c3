import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../../schema/audit-record.ts';
import type { SecretHanding, SecretInfo } from '../../../schema/contract/secret.ts';
import type { SandboxId, SessionId } from '../../../schema/entities.ts';
import type { Decision, PolicyCall } from '../../../schema/policy.ts';
import { VirtualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import type { Secret } from '../../base/secret.ts';
import { createRedactor } from '../policy/redactor.ts';
import { Secrets } from './secrets.ts';

// Brands have no other maker in tests.
const one = 'one' as SessionId;
const two = 'two' as SessionId;
const ALLOWED: Decision = { decision: 'allow', via: 'rules', rule: 'r', reasons: [], flagged: false, warnings: [] };

function setUp() {
  const values = new Map<string, { info: SecretInfo; value: Secret }>();
  const kept = new Map<string, SecretHanding>();
  const records: AuditEntry[] = [];
  const calls: PolicyCall[] = [];
  const given: [SessionId, unknown][] = [];
  const workspaces = new Map([
    [one, '/a'],
    [two, '/b'],
  ]);
  const state = { decided: ALLOWED };
  const clock = new VirtualClock(1_000);
  const secrets = new Secrets({
    vault: {
      list: () => [...values.values()].map(({ info }) => info),
      put: (info, value) => void values.set(info.name, { info, value }),
      delete: (name) => void values.delete(name),
      reveal: (name) => values.get(name)?.value,
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
      connection: (session) => ({
        sandbox: 'box' as SandboxId,
        peer: { pid: 1, uid: 1, containerId: 'c' },
        hello: { protocol: 2, agent: '', node: '', pid: 1, terminals: [] },
        async request(method, params) {
          expect(method).toBe('secret.set');
          given.push([session, params]);
        },
        onEvent: () => () => undefined,
        onClose: () => () => undefined,
      }),
      sessions: () => [...workspaces.keys()],
    },
    plugins: { load: async () => undefined, find: () => undefined },
    policy: {
      groups: () => ({}),
      decide(asked) {
        calls.push(...asked);
        return state.decided;
      },
    },
    audit: { record: (entry) => void records.push(entry) },
    clock,
    logger: silentLogger,
  });
  return { secrets, records, calls, given, state, workspaces };
}

const variable = (name: string) => ({ kind: 'variable', variable: name }) as const;

describe('a secret', () => {
  test('is given to the session that it was handed to, judged and recorded by its name alone', async () => {
    const { secrets, given, calls, records } = setUp();
    await secrets.add({ name: 'npm', value: 'the-very-value' });
    expect(given).toEqual([]);
    await secrets.hand({ name: 'npm', as: variable('NPM_TOKEN'), session: one });
    await secrets.hand({ name: 'npm', as: { kind: 'file', file: 'npm' }, session: one });
    const base64 = Buffer.from('the-very-value').toString('base64');
    expect(given.at(-1)).toEqual([one, { env: { NPM_TOKEN: 'the-very-value' }, files: { npm: base64 } }]);
    expect(given.map(([session]) => session)).toEqual([one, one]);
    expect(calls[0]).toMatchObject({
      syscall: 'secret.use',
      template: 'agent',
      caller: { container_id: 'c', tags: ['sandbox', 'secret:npm'] },
    });
    expect(records[0]).toEqual({
      type: 'capability_issued',
      actor: 'kernel',
      session: one,
      decision: 'allow',
      rule: 'r',
      data: { call: 'secret.use', secret: 'npm', as: 'variable', variable: 'NPM_TOKEN' },
    });
    expect(JSON.stringify(records)).not.toContain('the-very-value');
    expect(JSON.stringify(await secrets.list())).not.toContain('the-very-value');
  });

  test('that the policy refuses is not given, and that is recorded', async () => {
    const { secrets, given, records, state } = setUp();
    await secrets.add({ name: 'npm', value: 'the-very-value' });
    state.decided = { ...ALLOWED, decision: 'require_review', reasons: ['look first'] };
    await secrets.hand({ name: 'npm', as: variable('NPM_TOKEN'), session: one });
    expect(given).toEqual([[one, { env: {}, files: {} }]]);
    expect(records).toMatchObject([{ type: 'call_decided', decision: 'deny', reason: 'look first' }]);
  });

  test('that was handed to a workspace goes to every session of it, what was handed to a session goes before it', async () => {
    const { secrets, given, workspaces } = setUp();
    await secrets.add({ name: 'all', value: 'for-everybody' });
    await secrets.add({ name: 'mine', value: 'for-this-one' });
    await secrets.hand({ name: 'mine', as: variable('TOKEN'), session: one });
    await secrets.hand({ name: 'all', as: variable('TOKEN'), workspace: '/a' });
    expect(given.at(-1)).toEqual([one, { env: { TOKEN: 'for-this-one' }, files: {} }]);
    const three = 'three' as SessionId;
    workspaces.set(three, '/a');
    await secrets.prepare(three);
    expect(given.at(-1)).toEqual([three, { env: { TOKEN: 'for-everybody' }, files: {} }]);
    await secrets.prepare(two);
    expect(given.at(-1)).toEqual([two, { env: {}, files: {} }]);
  });

  test('is taken back when it is withdrawn or removed, and given anew when it is replaced', async () => {
    const { secrets, given } = setUp();
    await secrets.add({ name: 'npm', value: 'the-very-value' });
    await expect(secrets.add({ name: 'npm', value: 'another-value' })).rejects.toMatchObject({ code: 'secret_exists' });
    const { id } = await secrets.hand({ name: 'npm', as: variable('A'), session: one });
    await secrets.add({ name: 'npm', value: 'another-value', replace: true });
    expect(given.at(-1)).toEqual([one, { env: { A: 'another-value' }, files: {} }]);
    expect([await secrets.withdraw(id), await secrets.withdraw(id)]).toEqual([true, false]);
    expect(given.at(-1)).toEqual([one, { env: {}, files: {} }]);
    await secrets.hand({ name: 'npm', as: variable('B'), workspace: '/a' });
    expect([await secrets.remove('npm'), await secrets.remove('npm')]).toEqual([true, false]);
    expect(given.at(-1)).toEqual([one, { env: {}, files: {} }]);
    expect(await secrets.list()).toEqual({ secrets: [], handings: [] });
  });

  test('goes into plain requests to its origin alone', async () => {
    const { secrets } = setUp();
    await secrets.add({ name: 'npm', value: 'the-very-value' });
    await secrets.hand({ name: 'npm', as: { kind: 'header', origin: 'https://registry.test' }, session: one });
    await secrets.hand({
      name: 'npm',
      as: { kind: 'header', origin: 'http://corp.test:4873', user: 'me' },
      workspace: '/a',
    });
    const found = secrets.credential(one, 'registry.test', 80);
    expect({ ...found, value: found?.value.reveal() }).toEqual({
      secret: 'npm',
      header: 'Authorization',
      value: 'Bearer the-very-value',
      transport: 'tls',
      port: 443,
    });
    const basic = secrets.credential(one, 'corp.test', 4873);
    expect(basic).toMatchObject({ transport: 'plain', port: 4873 });
    expect(basic?.value.reveal()).toBe(`Basic ${Buffer.from('me:the-very-value').toString('base64')}`);
    for (const [session, host, port] of [
      [two, 'registry.test', 80],
      [one, 'registry.test', 8080],
      [one, 'x.registry.test', 80],
      [one, 'corp.test', 80],
    ] as const)
      expect(secrets.credential(session, host, port)).toBeUndefined();
  });

  test.each([
    ['is not there', { name: 'none', as: variable('A'), session: one }, 'secret_unknown'],
    ['would be what the agent runs with', { name: 's', as: variable('NODE_OPTIONS'), session: one }, 'secret_unfit'],
    [
      'would say where a request goes',
      { name: 's', as: { kind: 'header', origin: 'https://a.test', header: 'Host' }, session: one },
      'secret_unfit',
    ],
    [
      'has line ends, for a header',
      { name: 's', as: { kind: 'header', origin: 'https://a.test' }, session: one },
      'secret_unfit',
    ],
    ['goes to nobody', { name: 's', as: variable('A') }, 'invalid_input'],
    ['goes to two', { name: 's', as: variable('A'), session: one, workspace: '/a' }, 'invalid_input'],
  ] as const)('is not handed in where it %s', async (_why, order, code) => {
    const { secrets } = setUp();
    await secrets.add({ name: 's', value: 'two\r\nlines' });
    await expect(secrets.hand(order)).rejects.toMatchObject({ code });
  });

  test('is redacted from when it is added until it is removed', async () => {
    const { secrets } = setUp();
    const inner = createRedactor();
    const told = (): string => secrets.redactor(inner).redact('it is the-very-value');
    expect(told()).toBe('it is the-very-value');
    await secrets.add({ name: 'npm', value: 'the-very-value' });
    expect(told()).toBe('it is [redacted:npm]');
    await secrets.remove('npm');
    expect(told()).toBe('it is the-very-value');
  });
});
