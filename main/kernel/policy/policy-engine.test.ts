import { describe, expect, test } from 'vitest';
import type { Decision, PolicyCall } from '../../../schema/policy.ts';
import { combineDecisions } from './combine.ts';
import type { CompiledPolicy } from './compiled-policy.ts';
import { loadDocument } from './document.ts';
import type { ExtensionVerdict } from './extension-layer.ts';
import { PolicyEngine, type PolicyEngineOptions } from './policy-engine.ts';

function documentOf(text: string): CompiledPolicy {
  const loaded = loadDocument(`version: 1\n${text}`);
  if (!loaded.ok) throw new Error(loaded.errors[0]?.message);
  return loaded.document;
}

const CLOSED = documentOf('rules: []\n');
const OPEN = documentOf('rules: [ { name: open, match: { syscall: fs.write }, action: allow } ]\n');

function engine(options: Partial<PolicyEngineOptions> = {}): PolicyEngine {
  let ids = 0;
  return new PolicyEngine({ builtins: [], document: CLOSED, newTokenId: () => `t${++ids}`, ...options });
}

function call(fields: Partial<PolicyCall> = {}): PolicyCall {
  return {
    syscall: 'fs.write',
    path: 'src/a.ts',
    caller: { container_id: 'c1', peer_pid: 41, tags: [] },
    session: { mode: 'strict', state: 'idle' },
    at: 1000,
    ...fields,
  };
}

/** Decisions of an engine without extensions come at once. */
function atOnce(decision: Decision | Promise<Decision>): Decision {
  if (decision instanceof Promise) throw new TypeError('The decision came late');
  return decision;
}

const GRANT = { containerId: 'c1', peerPid: 41, syscall: 'fs.write', pathGlobs: ['src/**'], maxOps: 2 };

describe('a capability token', () => {
  test('repeats a call until its operations are used up, each time with a higher nonce', () => {
    const policy = engine();
    const { id } = policy.issueToken(GRANT, 1000);
    const via = [1, 1, 5, 4, 6].map((nonce) => atOnce(policy.decide(call(), { token: { id, nonce } })).via);
    expect(via).toEqual(['token', 'rules', 'token', 'rules', 'rules']);
  });

  test.each([
    ['another container', { caller: { container_id: 'c2', peer_pid: 41, tags: [] } }],
    ['another process', { caller: { container_id: 'c1', peer_pid: 42, tags: [] } }],
    ['another syscall', { syscall: 'fs.remove' }],
    ['a path outside of its scope', { path: 'package.json' }],
    ['a symlink that leads outside of its scope', { resolvedPath: 'package.json' }],
    ['no path', { path: undefined }],
    ['the end of its time', { at: 31_000 }],
  ])('is worth nothing to %s', (_case, fields) => {
    const policy = engine();
    const { id } = policy.issueToken(GRANT, 1000);
    // An absent path is absent, not undefined.
    const { path, ...rest } = { ...call(), ...fields };
    const judged = path === undefined ? rest : { ...rest, path };
    expect(atOnce(policy.decide(judged, { token: { id, nonce: 1 } }))).toMatchObject({
      decision: 'deny',
      via: 'rules',
    });
    expect(policy.tokens.list(1000)).toMatchObject([{ id, opsLeft: 2 }]);
  });

  test('ends with the policy it stood on, with its sandbox, and when the operator says so', () => {
    const policy = engine();
    const decided = (id: string): string => atOnce(policy.decide(call(), { token: { id, nonce: 1 } })).via;
    const replaced = policy.issueToken(GRANT, 1000);
    expect(policy.replace(CLOSED)).toEqual([replaced.id]);
    const orphaned = policy.issueToken(GRANT, 1000);
    const other = policy.issueToken({ ...GRANT, containerId: 'c2' }, 1000);
    expect(policy.tokens.revokeSandbox('c1')).toEqual([orphaned.id]);
    expect(policy.tokens.revoke(other.id)).toBe(true);
    expect(policy.tokens.revoke(other.id)).toBe(false);
    expect([replaced, orphaned].map(({ id }) => decided(id))).toEqual(['rules', 'rules']);
    expect(policy.tokens.list(1000)).toEqual([]);
  });

  test('opens nothing while no document is loaded', () => {
    const policy = engine({ document: undefined });
    const { id } = policy.issueToken(GRANT, 1000);
    expect(atOnce(policy.decide(call(), { token: { id, nonce: 1 } })).reasons).toEqual(['no_policy_loaded']);
  });

  test('gives way to a built-in request for review, and is not used up by it', () => {
    const ask = { name: 'ask', judge: () => ({ decision: 'require_review', reason: 'look' }) as const };
    const policy = engine({ builtins: [ask] });
    const { id } = policy.issueToken(GRANT, 1000);
    expect(atOnce(policy.decide(call(), { token: { id, nonce: 1 } }))).toMatchObject({
      decision: 'require_review',
      rule: 'ask',
    });
    expect(policy.tokens.list(1000)).toMatchObject([{ opsLeft: 2 }]);
  });

  test('is used once for an act on several paths, and by no explanation', async () => {
    const policy = engine();
    const { id } = policy.issueToken(GRANT, 1000);
    expect((await policy.explain(call(), { token: { id, nonce: 1 } })).considered).toMatchObject([
      { layer: 'token', verdict: 'allow' },
    ]);
    const both = [call(), call({ path: 'src/b.ts' })];
    expect(atOnce(policy.decideAll(both, { token: { id, nonce: 1 } }))).toMatchObject({
      decision: 'allow',
      via: 'token',
    });
    expect(policy.tokens.list(1000)).toMatchObject([{ opsLeft: 1 }]);
  });

  test('that has ended leaves no trace after others were given', () => {
    const policy = engine();
    for (let index = 0; index < 100; index++) policy.issueToken(GRANT, index * 60_000);
    expect(policy.tokens.revokeAll().length).toBeLessThan(10);
  });
});

describe('the extension layer', () => {
  const answering = (verdicts: readonly ExtensionVerdict[]): PolicyEngine =>
    engine({ document: OPEN, extension: { judge: () => Promise.resolve(verdicts) } });

  test('denies, asks and allows beside the document', async () => {
    const said = (decision: ExtensionVerdict['decision']): readonly ExtensionVerdict[] => [
      { name: 'x', decision, reason: 'why' },
    ];
    expect(await answering(said('deny')).decide(call())).toMatchObject({
      decision: 'deny',
      rule: 'x',
      reasons: ['why'],
    });
    expect(await answering(said('require_review')).decide(call())).toMatchObject({
      decision: 'require_review',
      rule: 'x',
    });
    expect(await answering(said('pass')).decide(call())).toMatchObject({ decision: 'allow', rule: 'open' });
    expect(await answering(said('allow')).decide(call({ syscall: 'fs.read' }))).toMatchObject({
      decision: 'allow',
      rule: 'x',
    });
  });

  test('that answers nonsense, or not at all, closes the door', async () => {
    // What comes out of a sandbox may be anything.
    const nonsense = [{ name: 'x', decision: 'yes' }] as unknown as readonly ExtensionVerdict[];
    const broken = engine({ document: OPEN, extension: { judge: () => Promise.reject(new Error('late')) } });
    const denied = { decision: 'deny', reasons: ['extension_unavailable'] };
    expect([await answering(nonsense).decide(call()), await broken.decide(call())]).toMatchObject([denied, denied]);
    expect((await broken.explain(call())).considered.at(-1)).toMatchObject({ layer: 'extension', verdict: 'deny' });
  });

  test('is asked once about an act on several paths each, and not at all after a denial', async () => {
    let asked = 0;
    const extension = {
      judge: () => Promise.resolve([{ name: 'x', decision: 'pass', reason: String(++asked) } as const]),
    };
    const policy = engine({ document: OPEN, extension });
    expect(await policy.decideAll([call(), call({ syscall: 'fs.read' })])).toMatchObject({
      decision: 'deny',
      reasons: ['no_rule_allows'],
    });
    expect(asked).toBe(2);
    policy.replace(documentOf('rules: [ { name: stop, match: { syscall: fs.write }, action: deny } ]\n'));
    expect(atOnce(policy.decide(call())).rule).toBe('stop');
    expect(asked).toBe(2);
  });
});

describe('an explanation', () => {
  test('names every rule about the syscall with why it said what', async () => {
    const policy = engine({
      document: documentOf(`
tool_allowlist: [fs.write]
rules:
  - { name: tagged, match: { syscall: fs.write, caller_tag: [third_party] }, action: deny }
  - { name: elsewhere, match: { syscall: fs.write, path_glob: ["docs/**"] }, action: deny }
  - { name: excepted, match: { syscall: fs.write }, except: [ { path_glob: ["src/**"] } ], action: deny }
  - { name: ask, match: { syscall: [fs.write, fs.move] }, action: require_review, reason: look }
  - { name: small, match: { syscall: fs.write }, action: allow, constraints: { max_file_size: 1kB } }
  - { name: watch, match: { syscall: fs.write }, action: flag }
  - { name: other, match: { syscall: fs.read }, action: deny }
`),
    });
    const explained = await policy.explain(call({ size: 10 }));
    expect(explained).toEqual({
      decision: 'require_review',
      via: 'rules',
      rule: 'ask',
      reasons: ['look'],
      flagged: true,
      warnings: [],
      considered: [
        {
          rule: 'tool_allowlist',
          layer: 'policy',
          verdict: 'pass',
          why: 'the call has no tool, or one that is listed',
        },
        { rule: 'tagged', layer: 'policy', verdict: 'pass', why: 'the caller has none of its tags (no tags)' },
        { rule: 'elsewhere', layer: 'policy', verdict: 'pass', why: 'no glob matches "src/a.ts"' },
        { rule: 'excepted', layer: 'policy', verdict: 'pass', why: 'exception 1 applies' },
        { rule: 'ask', layer: 'policy', verdict: 'require_review', why: 'it matches: look' },
        { rule: 'small', layer: 'policy', verdict: 'allow', why: 'it matches' },
        { rule: 'watch', layer: 'policy', verdict: 'allow', why: 'it matches, and flags the call' },
      ],
    });
    expect((await policy.explain(call({ path: '../x' }))).considered).toMatchObject([
      { rule: 'workspace-escape', verdict: 'deny' },
    ]);
  });
});

describe('decisions together', () => {
  test('are as strict as the strictest, with the reasons of all that are', () => {
    const review = (rule: string): Decision => ({
      decision: 'require_review',
      via: 'rules',
      rule,
      reasons: [rule],
      flagged: false,
      warnings: [],
    });
    const allow: Decision = { decision: 'allow', via: 'token', rule: null, reasons: [], flagged: true, warnings: [] };
    expect(combineDecisions([allow, review('a'), review('b'), review('a')])).toEqual({
      ...review('a'),
      reasons: ['a', 'b'],
      flagged: true,
    });
    expect(combineDecisions([allow, allow])).toEqual(allow);
    expect(() => combineDecisions([])).toThrow(RangeError);
  });
});
