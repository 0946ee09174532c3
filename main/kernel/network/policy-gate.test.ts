import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../schema/audit-record.ts';
import type { SandboxId, SessionId } from '../../../schema/entities.ts';
import type { Decision } from '../../../schema/policy.ts';
import { VirtualClock } from '../../base/clock.ts';
import { Secret } from '../../base/secret.ts';
import { hostRules } from './host-rules.ts';
import type { Credential } from './network-gate.ts';
import { type NetworkUser, PolicyGate } from './policy-gate.ts';

const sandbox = 'box' as SandboxId; // Test data.
const session = 'work' as SessionId; // Test data.
const user: NetworkUser = {
  session,
  containerId: 'c',
  profile: 'agent',
  mode: 'explore',
  state: 'idle',
  workspaceRoots: ['/w'],
};
const decision = (change: Partial<Decision> = {}): Decision => ({
  decision: 'allow',
  via: 'rules',
  rule: 'net',
  reasons: [],
  flagged: false,
  warnings: [],
  ...change,
});

interface Given {
  readonly decided?: Decision;
  readonly user?: NetworkUser | undefined;
  readonly credential?: Credential;
}

function setUp(options: Given = {}) {
  const clock = new VirtualClock(1_000);
  const records: AuditEntry[] = [];
  const known = 'user' in options ? options.user : user;
  const gate = new PolicyGate({
    groups: () => ({ registry: ['registry.test', '*.cdn.test:8443'], metal: ['10.0.0.5:22', '[fd00::1]:80'] }),
    decide: () => options.decided ?? decision(),
    userOf: () => known,
    record: (entry) => void records.push(entry),
    credentialOf: () => options.credential,
    clock,
  });
  return {
    gate,
    clock,
    records,
    ask: (host: string, port = 443) => gate.judge({ sandbox, method: 'CONNECT', host, port }),
  };
}

describe('hostRules', () => {
  const rules = hostRules({ a: ['one.test', '*.two.test', 'three.test:99'], b: ['1.2.3.4', '[::1]:80', 'one.test'] });
  it.each([
    ['one.test', 443, 'a'],
    ['one.test', 80, 'a'],
    ['one.test', 22, undefined],
    ['www.one.test', 443, undefined],
    ['notone.test', 443, undefined],
    ['two.test', 443, undefined],
    ['x.two.test', 443, 'a'],
    ['x.y.two.test', 443, 'a'],
    ['xtwo.test', 443, undefined],
    ['.two.test', 443, undefined],
    ['three.test', 99, 'a'],
    ['three.test', 443, undefined],
    ['1.2.3.4', 80, 'b'],
    ['[::1]', 80, 'b'],
    ['[::1]', 443, undefined],
  ])('say of %s:%i: %s', (host, port, group) => expect(rules.groupOf(host, port)).toBe(group));
});

describe('PolicyGate', () => {
  it('records what was allowed with its address, and its end with bytes and duration, as one act', async () => {
    const { ask, clock, records } = setUp();
    const permit = await ask('registry.test');
    if (!permit.allowed) throw new Error(permit.reason);
    permit.opened('8.8.8.8');
    clock.advance(70);
    permit.ended({ sentBytes: 3, receivedBytes: 5 });
    const data = { method: 'CONNECT', host: 'registry.test', port: 443, group: 'registry' };
    const common = { type: 'network_request', actor: 'kernel', sandbox, session, rule: 'net', act: records[0]?.act };
    expect(records).toEqual([
      { ...common, decision: 'allow', data: { ...data, address: '8.8.8.8' } },
      { ...common, durationMs: 70, data: { ...data, sentBytes: 3, receivedBytes: 5 } },
    ]);
  });

  it.each([
    ['a host that no group lists', 'evil.test', {}, 'no group of the policy lists evil.test:443'],
    [
      'what no rule allows',
      'registry.test',
      { decided: decision({ decision: 'deny', reasons: ['no_rule_allows'] }) },
      'no_rule_allows',
    ],
    [
      'what a person would have to be asked about',
      'registry.test',
      { decided: decision({ decision: 'require_review', reasons: ['look first'] }) },
      'a person would have to be asked: look first',
    ],
    ['a sandbox without a session', 'registry.test', { user: undefined }, 'the sandbox belongs to no session'],
    [
      'a group that this sandbox was not given',
      'registry.test',
      { user: { ...user, groups: ['metal'] } },
      'no group of the policy lists registry.test:443',
    ],
  ])('refuses %s, and records it', async (_what, host, options, reason) => {
    const { ask, records } = setUp(options);
    expect(await ask(host)).toEqual({ allowed: false, reason });
    expect(records).toMatchObject([
      { type: 'network_request', sandbox, decision: 'deny', reason, data: { host, times: 1 } },
    ]);
  });

  it('knows the addresses that the policy names itself, for the port that is asked for', async () => {
    const permit = await setUp().ask('10.0.0.5', 22);
    if (!permit.allowed) throw new Error(permit.reason);
    expect(['10.0.0.5', '10.0.0.6', '[fd00::1]'].map((address) => permit.isNamed(address))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('records a thousand refusals of one kind twice, with their number; of a thousand kinds it keeps a hundred apart', async () => {
    const { ask, clock, records } = setUp();
    for (let time = 0; time < 1_000; time++) await ask('evil.test');
    clock.advance(10_000);
    expect(records.map(({ data }) => data?.['times'])).toEqual([1, 999]);
    for (let time = 0; time < 1_000; time++) await ask(`evil-${time}.test`);
    clock.advance(10_000);
    expect(records.length).toBeLessThan(2 + 110);
    expect(records.reduce((sum, { data }) => sum + Number(data?.['times']), 0)).toBe(2_000);
  });

  it('gives what was handed to a session to its own sandbox and to none of its plugins’, whose name is in each record', async () => {
    const credential: Credential = {
      secret: 'token',
      header: 'authorization',
      value: new Secret('x'),
      transport: 'plain',
      port: 80,
    };
    const of = (plugin?: string) => {
      const own = { ...user, ...(plugin === undefined ? {} : { plugin }) };
      return setUp({ user: own, credential });
    };
    const given = [of(), of('words')].map(({ gate }) => gate.credential(sandbox, 'registry.test', 80));
    expect(given).toEqual([credential, undefined]);
    const { ask, records } = of('words');
    await ask('evil.test');
    expect(records).toMatchObject([{ decision: 'deny', data: { host: 'evil.test', plugin: 'words' } }]);
  });

  it('records what was counted when it is disposed', async () => {
    const { gate, records } = setUp();
    gate.refuse(sandbox, 'nonsense');
    gate.refuse(sandbox, 'nonsense');
    gate[Symbol.dispose]();
    expect(records.map(({ data }) => data)).toEqual([{ times: 1 }, { times: 1 }]);
  });

  it('records nothing after its end, whatever was under way: the chain is closed then', async () => {
    const { ask, gate, clock, records } = setUp();
    const permit = await ask('registry.test');
    if (!permit.allowed) throw new Error(permit.reason);
    permit.opened('8.8.8.8');
    const judging = ask('nowhere.test');
    gate.refuse(sandbox, 'too many');
    gate.refuse(sandbox, 'too many');
    await judging;
    gate[Symbol.dispose]();
    const before = records.length;
    permit.ended({ sentBytes: 1, receivedBytes: 1 });
    gate.refuse(sandbox, 'something else');
    await ask('elsewhere.test');
    clock.advance(60_000);
    expect([records.length, clock.waiting]).toEqual([before, 0]);
  });
});
