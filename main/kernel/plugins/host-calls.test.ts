import { describe, expect, it } from 'vitest';
import type { HostAnswer, HostCall } from '../../../schema/agent-protocol.ts';
import { tool } from '../../../schema/contract/tool.ts';
import type { SessionId, Tool } from '../../../schema/entities.ts';
import type { Fault } from '../../../schema/fault.ts';
import type { PluginCapability } from '../../../schema/plugin-manifest.ts';
import { VirtualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { Dispatch } from '../dispatch/dispatch.ts';
import type { ActRecord, SubjectsOf } from '../dispatch/ports.ts';
import { RunningActs } from '../dispatch/running-acts.ts';
import { builtinRules } from '../policy/builtin-rules.ts';
import { loadDocument } from '../policy/document.ts';
import { PolicyEngine } from '../policy/policy-engine.ts';
import { createRedactor } from '../policy/redactor.ts';
import { TokenIssuer } from '../policy/token-issuer.ts';
import type { AskingPlugin, ToolInput } from '../tools/ports.ts';
import { HOST_CALL_LIMITS, hostCalls } from './host-calls.ts';

const session = 's1' as SessionId; // of that form
const POLICY = `
version: 1
rules:
  - { name: look, match: { syscall: [fs.read, fs.remove, git.status] }, action: allow }
  - { name: small, match: { syscall: fs.write }, action: allow, constraints: { max_file_size: 10 } }
  - { name: watch, match: { syscall: fs.read, path_glob: ["watched/**"] }, action: flag }
  - { name: ask, match: { syscall: fs.read, path_glob: ["asked/**"] }, action: require_review }
  - { name: never, match: { syscall: fs.read, path_glob: ["src/never.ts"] }, action: deny }
`;

const TOOLS: Readonly<Record<string, Tool['effects']>> = {
  'fs.read': ['read'],
  'fs.write': ['write'],
  'fs.remove': ['write'],
  'git.status': ['read'],
  'net.get': ['network'],
};

function documentOf(text: string) {
  const loaded = loadDocument(text);
  if (!loaded.ok) throw new Error(loaded.errors[0]?.message);
  return loaded.document;
}

function setUp() {
  const clock = new VirtualClock(1000);
  const records: ActRecord[] = [];
  const record = (entry: ActRecord | Omit<ActRecord, 'act'>): void => void records.push(entry as ActRecord); // tokens have no act
  const running = new RunningActs();
  let ids = 0;
  const engine = new PolicyEngine({
    builtins: builtinRules([]),
    document: documentOf(POLICY),
    newTokenId: () => `secret-${++ids}`,
  });
  const subjects = async ({ name, input }: ToolInput) => {
    const { path, content }: { path?: string; content?: string } = input as object; // as the tests give it
    const size = content === undefined ? {} : { size: content.length };
    return [{ syscall: name, tool: name, tags: ['core_plugin'], ...(path === undefined ? {} : { path }), ...size }];
  };
  const ran: unknown[] = [];
  const dispatch = new Dispatch({
    areas: { tool },
    handlers: {
      tool: {
        list: () => ({ tools: [] }),
        async *watch() {},
        async *call(input, context) {
          ran.push(input);
          yield { type: 'output', text: 'on the way' };
          const { decision } = context;
          yield { type: 'result', result: { via: decision.via, of: input }, decision, durationMs: 0, overheadMs: 0 };
        },
      },
    },
    clock,
    logger: silentLogger,
    gate: {
      policy: { decide: (calls, { workspaceRoots, token }) => engine.decideAll(calls, { workspaceRoots, token }) },
      audit: { writable: true, append: async (entry) => record(entry), record },
      review: {
        ask: async () => ({ answer: 'allow', by: 'operator', reason: undefined }),
        approve: async () => ({ answer: 'allow', by: 'operator', reason: undefined }),
      },
      tokens: new TokenIssuer({ engine, record, redact: (text) => text }),
      redact: (text) => text,
      redaction: () => createRedactor(),
      subjects: new Map<string, SubjectsOf>([['tool.call', (input) => subjects(input as ToolInput)]]),
      sessionOf: () => undefined,
      running,
    },
  });
  const of = hostCalls({
    dispatch,
    source: {
      tool: async (name) => {
        const effects = TOOLS[name];
        if (effects === undefined) return undefined;
        const described = { name, plugin: 'x', description: '', input: {}, output: {}, timeoutMs: 1 };
        return {
          tool: { ...described, outputMode: 'value', effects },
          entry: '',
          runtime: 'node',
          tags: [],
          capabilities: [],
        };
      },
    },
    subjects: (input) => subjects(input),
    audit: { record },
    clock,
  });
  return { clock, records, engine, of, ran, running };
}

const everything: PluginCapability[] = [
  { name: 'workspace.read', paths: ['**'] },
  { name: 'workspace.write', paths: ['**'] },
];
const words: AskingPlugin = {
  plugin: 'words',
  tags: ['third_party'],
  capabilities: everything,
  session,
  peer: { pid: 41, uid: 1000, containerId: 'c1' },
};

type Set = ReturnType<typeof setUp>;

function ask({ of }: Set, name: string, input: unknown, more: Partial<HostCall> & { as?: AskingPlugin } = {}) {
  const { as: asking = words, ...call } = more;
  const signal = new AbortController().signal;
  return of(asking)({ of: '1', method: 'tool.call', input: { name, input }, ...call }, signal);
}

const via = async (answer: Promise<HostAnswer>): Promise<unknown> => ((await answer).result as { via: string }).via;
const codeOf = (answer: Promise<unknown>): Promise<string> =>
  answer.then(
    () => 'none',
    (thrown: Fault) => thrown.code,
  );
const wants = { wants: 'token' } as const;
const read = { path: 'src/a.ts' };

async function given(set: Set, name = 'fs.read', input: unknown = read): Promise<string> {
  const { token } = await ask(set, name, input, wants);
  if (token === undefined) throw new Error('no token was given');
  return token.id;
}

describe('a plugin that asks', () => {
  it('is who the kernel found it to be, in its own session, judged as every caller', async () => {
    const set = setUp();
    const input = { session: 'another', name: 'fs.read', input: read };
    expect(await ask(set, 'fs.read', read, { input })).toEqual({
      result: { via: 'rules', of: { session: 's1', name: 'fs.read', input: read } },
    });
    expect(set.records[0]).toMatchObject({ actor: 'plugin:words', session: 's1', decision: 'allow', rule: 'look' });
    expect(set.records[0]?.data).toMatchObject({ judged: { tags: ['third_party', 'core_plugin'] } });
    expect(await codeOf(ask(set, 'fs.read', { path: 'src/never.ts' }))).toBe('denied');
    expect(await codeOf(ask(set, 'fs.read', { path: '../../etc/passwd' }))).toBe('not_granted');
  });

  it('gets nothing that its manifest does not list, and the refusal is recorded', async () => {
    const set = setUp();
    const narrow = { ...words, capabilities: [{ name: 'workspace.read' as const, paths: ['src/**'] }] };
    const asked = (name: string, input: unknown) => codeOf(ask(set, name, input, { as: narrow }));
    expect([
      await asked('fs.read', { path: 'src/a.ts' }),
      await asked('fs.read', { path: 'src/../.env' }),
      await asked('fs.read', { path: '/workspace/src/a.ts' }),
      await asked('git.status', {}),
      await asked('fs.write', { path: 'src/a.ts', content: 'x' }),
      await asked('net.get', {}),
    ]).toEqual(['none', 'not_granted', 'not_granted', 'not_granted', 'not_granted', 'not_granted']);
    expect(set.ran).toHaveLength(1);
    expect(set.records.at(-1)).toMatchObject({
      actor: 'plugin:words',
      decision: 'deny',
      reason: 'not_granted: its manifest does not list network.connect',
    });
    const methods = ['policy.update', 'approval.decide', 'session.create', 'tool.calls'];
    expect(await Promise.all(methods.map((method) => codeOf(ask(set, 'fs.read', read, { method }))))).toEqual(
      methods.map(() => 'not_granted'),
    );
  });

  it('gets nothing where the system does not say which container asks', async () => {
    const set = setUp();
    const nowhere = { ...words, peer: { pid: 41, uid: 1000, containerId: '' } };
    expect(await codeOf(ask(set, 'fs.read', read, { as: nowhere }))).toBe('not_granted');
  });
});

describe('a capability token', () => {
  it('is given to who asks for one after rules allowed the call, recorded, listed, and takes the short way', async () => {
    const set = setUp();
    expect(await ask(set, 'fs.read', read)).not.toHaveProperty('token');
    const id = await given(set);
    expect(set.records.find(({ type }) => type === 'capability_issued')).toMatchObject({
      actor: 'plugin:words',
      session: 's1',
      tool: 'fs.read',
      path: 'src/a.ts',
      data: { containerId: 'c1', peerPid: 41, maxOps: 256, ttlMs: 30_000 },
    });
    expect(JSON.stringify(set.records)).not.toContain(id);
    expect(await via(ask(set, 'fs.read', read, { token: { id, nonce: 1 } }))).toBe('token');
    expect(set.engine.tokens.list(set.clock.now())).toMatchObject([{ paths: ['src/a.ts'], maxOps: 256, opsLeft: 255 }]);
    const decided = set.records.filter(({ token, type }) => token !== undefined && type === 'call_decided');
    expect(decided).toMatchObject([{ decision: 'allow', actor: 'plugin:words' }]);
  });

  it.each<[string, Partial<AskingPlugin>]>([
    ['another container', { peer: { pid: 41, uid: 1000, containerId: 'c2' } }],
    ['another process', { peer: { pid: 42, uid: 1000, containerId: 'c1' } }],
    ['another plugin of the same container', { plugin: 'thief' }],
  ])('is worth nothing to %s', async (_who, other) => {
    const set = setUp();
    const token = { id: await given(set), nonce: 1 };
    const as = { ...words, ...other };
    expect(await via(ask(set, 'fs.read', read, { token, as }))).toBe('rules');
    expect(await via(ask(set, 'fs.read', read, { token }))).toBe('token');
  });

  it('is worth nothing a second time under the same number, or a lower one', async () => {
    const set = setUp();
    const id = await given(set);
    const used = [];
    for (const nonce of [1, 1, 5, 4, 6, 0]) used.push(await via(ask(set, 'fs.read', read, { token: { id, nonce } })));
    expect(used).toEqual(['token', 'rules', 'token', 'rules', 'token', 'rules']);
  });

  it('covers the paths that were judged and no others', async () => {
    const set = setUp();
    const id = await given(set);
    const at = (path: string, nonce: number, name = 'fs.read') =>
      ask(set, name, { path }, { token: { id, nonce } }).then(
        ({ result }) => (result as { via: string }).via,
        (thrown: Fault) => thrown.code,
      );
    expect([
      await at('src/b.ts', 1),
      await at('src/never.ts', 2),
      await at('src/./a.ts', 3),
      await at('src/a.ts', 4, 'fs.remove'),
      await at('src/*', 5),
    ]).toEqual(['rules', 'denied', 'token', 'rules', 'rules']);
  });

  it('ends in time, when it is used up, with its sandbox, with the policy, and by hand', async () => {
    const set = setUp();
    const use = async (id: string, nonce = 1) => via(ask(set, 'fs.read', read, { token: { id, nonce } }));
    const late = await given(set);
    set.clock.advance(29_999);
    expect(await use(late)).toBe('token');
    set.clock.advance(1);
    expect(await use(late, 2)).toBe('rules');
    const spent = await given(set);
    for (let nonce = 1; nonce <= 256; nonce += 1) {
      set.clock.advance(5);
      await use(spent, nonce);
    }
    set.clock.advance(5);
    expect(await use(spent, 257)).toBe('rules');
    const orphan = await given(set);
    expect(set.engine.tokens.revokeSandbox('c1')).toContain(orphan);
    expect(await use(orphan)).toBe('rules');
    const old = await given(set);
    set.engine.replace(documentOf(POLICY));
    expect(await use(old)).toBe('rules');
    const revoked = await given(set);
    set.engine.tokens.revoke(revoked);
    expect([await use(revoked), await use('secret-9'), await use('')]).toEqual(['rules', 'rules', 'rules']);
  });

  it.each<[string, string, object]>([
    ['may be decided by its size', 'fs.write', { path: 'a', content: 'x' }],
    ['has to be seen each time', 'fs.read', { path: 'watched/a' }],
    ['a person agreed to', 'fs.read', { path: 'asked/a' }],
    ['is about the whole workspace by a path', 'fs.read', { path: '.' }],
  ])('is not given for a call that %s', async (_why, name, input) => {
    const set = setUp();
    expect(await ask(set, name, input, wants)).not.toHaveProperty('token');
  });

  it('is given for a call without a path, and covers no call with one', async () => {
    const set = setUp();
    const id = await given(set, 'git.status', {});
    expect(await via(ask(set, 'git.status', {}, { token: { id, nonce: 1 } }))).toBe('token');
    expect(await via(ask(set, 'git.status', read, { token: { id, nonce: 2 } }))).toBe('rules');
  });

  it('is not given on a policy that changed while the call was decided', async () => {
    const set = setUp();
    const { decideAll } = set.engine;
    let changes = 0;
    set.engine.decideAll = (...asked) => {
      if (changes++ === 0) void set.running.judgeAgain();
      return decideAll.apply(set.engine, asked);
    };
    expect(await ask(set, 'fs.read', read, wants)).not.toHaveProperty('token');
  });

  it('is given to a sandbox a bounded number of times', async () => {
    const set = setUp();
    const answers = [];
    for (let index = 0; index < 140; index += 1) answers.push(await ask(set, 'fs.read', { path: `f${index}` }, wants));
    expect(answers.filter(({ token }) => token !== undefined)).toHaveLength(128);
  });
});

describe('a plugin that asks for more than its share', () => {
  const { burst, perSecond } = HOST_CALL_LIMITS;

  it('waits, is answered in its time, and others are answered meanwhile', async () => {
    const set = setUp();
    let answered = 0;
    const flood = Array.from({ length: burst + perSecond }, () =>
      ask(set, 'fs.read', { path: 'a' }).then(() => {
        answered += 1;
      }),
    );
    await Promise.all(flood.slice(0, burst));
    const other = { ...words, plugin: 'other' };
    expect(await via(ask(set, 'fs.read', { path: 'a' }, { as: other }))).toBe('rules');
    expect(answered).toBe(burst);
    set.clock.advance(1000);
    await Promise.all(flood);
    expect(set.clock.waiting).toBe(0);
  });

  it('waits no longer than its own call lasts', async () => {
    const set = setUp();
    for (let call = 0; call < burst; call += 1) await ask(set, 'fs.read', { path: 'a' });
    const ending = new AbortController();
    const waiting = set.of(words)(
      { of: '1', method: 'tool.call', input: { name: 'fs.read', input: {} } },
      ending.signal,
    );
    ending.abort();
    expect(await codeOf(waiting)).toBe('cancelled');
    expect(set.clock.waiting).toBe(0);
  });
});
