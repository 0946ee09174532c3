import { describe, expect, test } from 'vitest';
import type { AuditRecord } from '../../../schema/audit-record.ts';
import type { Decision, PolicyCall } from '../../../schema/policy.ts';
import { VirtualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { builtinRules } from './builtin-rules.ts';
import type { KeptVersion, PolicyFiles } from './policy-files.ts';
import { PolicyEngine } from './policy-engine.ts';
import { PolicyInForce } from './policy-in-force.ts';
import { textDigest } from './text-digest.ts';
import { loadDocument } from './document.ts';
import { type FoundDocument, PolicyUpdates } from './policy-updates.ts';

const OPEN = 'version: 1\nrules:\n  - { name: write, match: { syscall: fs.write }, action: allow }\n';
const SHUT = 'version: 1\nrules:\n  - { name: frozen, match: { syscall: fs.write }, action: deny }\n';
const BROKEN = 'version: 1\nrules:\n  - { name: x, match: { syscall: fs.write }, action: alow }\n';

function call(fields: Partial<PolicyCall> = {}): PolicyCall {
  return {
    syscall: 'fs.write',
    path: 'a.ts',
    caller: { container_id: 'c1', peer_pid: 41, tags: ['core_plugin'] },
    session: { mode: 'explore', state: 'idle' },
    at: 1,
    ...fields,
  };
}

function record(seq: number, decision: string): AuditRecord {
  const judged = {
    tags: ['core_plugin'],
    mode: 'explore',
    state: 'idle',
    subjects: [{ syscall: 'fs.write', path: 'a.ts' }],
  };
  const data = { call: 'tool.call', judged };
  return { seq, at: seq, type: 'call_decided', actor: 'operator', decision, data, prev: '', hash: '' };
}

interface Setup {
  readonly texts?: Record<string, string>;
  readonly records?: readonly AuditRecord[];
}

function setUp({ texts = { default: OPEN }, records = [] }: Setup = {}) {
  const disk = new Map(Object.entries(texts));
  const clock = new VirtualClock(1000);
  let replaced = 0;
  const files: PolicyFiles = {
    defaultPath: 'default',
    userPath: 'user',
    workspacePath: (workspace) => workspace,
    read: (path) => disk.get(path),
    stamp: (path) => disk.get(path),
    writeUser: (text) => void disk.set('user', text),
  };
  const kept: KeptVersion[] = [];
  const engine = new PolicyEngine({ builtins: builtinRules([]), newTokenId: () => `t${clock.now()}` });
  const inForce = new PolicyInForce({
    engine,
    files,
    clock,
    logger: silentLogger,
    workspaces: () => [],
    onReplace: () => void (replaced += 1),
  });
  const found: FoundDocument[] = [];
  const updates = new PolicyUpdates({
    inForce,
    clock,
    history: {
      list: () => [...kept],
      keep(version) {
        const done = { ...version, id: String(kept.length + 1) };
        kept.push(done);
        return done;
      },
    },
    load: async (text) => loadDocument(text),
    recentDecisions: async (limit) => records.slice(0, limit),
    onFound: (one) => void found.push(one),
  });
  const decide = (one: PolicyCall = call(), roots: readonly string[] = []): Decision => {
    const decision = inForce.decide([one], { workspaceRoots: roots, session: undefined });
    if (decision instanceof Promise) throw new TypeError('There is no extension to wait for');
    return decision;
  };
  return { disk, clock, inForce, updates, decide, kept, found, engine, replaced: () => replaced };
}

describe('an update of the policy', () => {
  test('shows only what it changes of the last calls, what breaks first', async () => {
    const { updates } = setUp({ records: [record(2, 'allow'), record(1, 'allow')] });
    const preview = await updates.preview(SHUT);
    expect({ ...preview, outcomes: preview.outcomes.map(({ seq, breaking }) => ({ seq, breaking })) }).toMatchObject({
      ok: true,
      changed: true,
      replayed: 2,
      breaking: 2,
      phrase: null,
      outcomes: [
        { seq: 2, breaking: true },
        { seq: 1, breaking: true },
      ],
    });
    expect(await updates.preview(OPEN)).toMatchObject({ changed: false, replayed: 2, outcomes: [] });
  });

  test('that breaks more than five outcomes needs the phrase to be typed', async () => {
    const { updates } = setUp({ records: [6, 5, 4, 3, 2, 1].map((seq) => record(seq, 'allow')) });
    const { phrase } = await updates.preview(SHUT);
    expect(phrase).toBe('deny 6 calls');
    await expect(updates.check({ text: SHUT })).rejects.toMatchObject({
      code: 'confirmation_needed',
      data: { phrase },
    });
    await expect(updates.check({ text: SHUT, confirm: 'yes' })).rejects.toMatchObject({ code: 'confirmation_needed' });
    await updates.check({ text: SHUT, confirm: phrase ?? '' });
  });

  test('that does not load is refused with its line, and changes nothing', async () => {
    const { updates, decide } = setUp();
    await expect(updates.check({ text: BROKEN })).rejects.toMatchObject({
      code: 'policy_invalid',
      why: expect.stringContaining('line 3') as string,
    });
    expect(decide().decision).toBe('allow');
  });

  test('is in force at once, keeps the old document, and can be taken back', async () => {
    const { updates, decide, disk, kept, replaced } = setUp();
    const before = replaced();
    const { version } = await updates.commit({ text: SHUT, note: 'freeze' }, 'operator');
    expect({ decision: decide().decision, rule: decide().rule, disk: disk.get('user') }).toEqual({
      decision: 'deny',
      rule: 'frozen',
      disk: SHUT,
    });
    expect(replaced()).toBe(before + 1);
    expect(kept.map(({ text, note }) => ({ text, note }))).toEqual([
      { text: OPEN, note: 'as it was found in default' },
      { text: SHUT, note: 'freeze' },
    ]);
    expect(updates.history().map(({ id, inForce }) => ({ id, inForce }))).toEqual([
      { id: version.id, inForce: true },
      { id: '1', inForce: false },
    ]);
    await updates.commit({ text: updates.version('1').text }, 'operator');
    expect(decide().decision).toBe('allow');
  });

  test('written on another document than the one in force is refused', async () => {
    const { updates } = setUp();
    const { base } = await updates.preview(SHUT);
    await updates.commit({ text: SHUT, base }, 'operator');
    await expect(updates.check({ text: OPEN, base })).rejects.toMatchObject({ code: 'policy_changed' });
    await expect(updates.commit({ text: OPEN, base }, 'operator')).rejects.toThrow(/changed meanwhile/);
  });
});

describe('a document that somebody wrote by hand', () => {
  test('is kept and told of once, when it comes into force or is found at the start', () => {
    const { disk, inForce, updates, kept, found } = setUp({ texts: { default: OPEN } });
    updates.noticeFound();
    expect(found).toEqual([]);
    disk.set('user', SHUT);
    inForce.reload();
    for (let start = 0; start < 3; start += 1) updates.noticeFound();
    expect(found).toEqual([{ path: 'user', version: '1', digest: textDigest(SHUT) }]);
    disk.set('user', BROKEN);
    inForce.reload();
    updates.noticeFound();
    expect(kept.map(({ text }) => text)).toEqual([SHUT]);
    disk.delete('user');
    inForce.reload();
    updates.noticeFound();
    expect(found.at(-1)).toMatchObject({ path: 'default', version: '2' });
  });

  test('is none that came by an update', async () => {
    const { updates, found } = setUp({ texts: { default: OPEN } });
    await updates.commit({ text: SHUT }, 'operator');
    updates.noticeFound();
    expect(found).toEqual([]);
  });
});

describe('the documents in force', () => {
  test('keep the last valid text while a broken one lies in its place, and show what is wrong', () => {
    const { inForce, disk, decide } = setUp({ texts: { default: OPEN, user: SHUT } });
    disk.set('user', BROKEN);
    inForce.reload();
    expect(decide().rule).toBe('frozen');
    expect(
      inForce
        .documents()
        .map(({ layer, inForce: rules, lastValid, errors }) => [layer, rules, lastValid, errors.length]),
    ).toEqual([
      ['default', false, false, 0],
      ['user', true, true, 1],
    ]);
    disk.set('user', OPEN);
    inForce.reload();
    expect([decide().decision, inForce.state.errors]).toEqual(['allow', []]);
  });

  test('fall back on the one that comes along when the operator’s is taken away', () => {
    const { inForce, disk, decide } = setUp({ texts: { default: OPEN, user: SHUT } });
    disk.delete('user');
    inForce.reload();
    expect(decide().decision).toBe('allow');
  });

  test('deny everything where none is valid, but for the operator’s closed list', () => {
    const { decide } = setUp({ texts: { default: BROKEN } });
    expect(decide().reasons).toEqual(['no_policy_loaded']);
    const operator = { container_id: '', peer_pid: 0, tags: ['operator'] };
    expect(decide(call({ syscall: 'session.stop', caller: operator })).decision).toBe('allow');
  });

  test('do not take the operator’s closed list away by saying nothing about it', () => {
    const { decide } = setUp({ texts: { default: 'version: 1\nrules: []\n' } });
    const operator = { container_id: '', peer_pid: 0, tags: ['operator'] };
    expect(decide(call({ syscall: 'policy.check', caller: operator })).decision).toBe('allow');
    expect(decide(call({ syscall: 'session.create', caller: operator })).reasons).toEqual(['no_rule_allows']);
    expect(decide(call({ syscall: 'policy.check' })).reasons).toEqual(['no_rule_allows']);
  });

  test('end every token when one of them changes', () => {
    const { inForce, disk, engine, clock } = setUp({ texts: { default: OPEN } });
    engine.issueToken({ containerId: 'c1', peerPid: 41, syscall: 'fs.write', maxOps: 9 }, clock.now());
    disk.set('user', SHUT);
    inForce.reload();
    expect(engine.tokens.list(clock.now())).toEqual([]);
  });
});

describe('the document of a workspace', () => {
  const own =
    'version: 1\nrules:\n  - { name: no-secrets, match: { syscall: fs.write, path_glob: [secret/**] }, action: deny }\n  - { name: wide, match: { syscall: net.open }, action: allow }\n';

  test('is followed without a restart, and can only tighten', () => {
    const { decide, disk, clock } = setUp({ texts: { default: OPEN } });
    const roots = ['/w'];
    const secret = call({ path: 'secret/a' });
    expect(decide(secret, roots).decision).toBe('allow');
    disk.set('/w', own);
    clock.advance(300);
    expect(decide(secret, roots).rule).toBe('no-secrets');
    expect(decide(secret).decision).toBe('allow');
    expect(decide(call(), roots).decision).toBe('allow');
    expect(decide({ ...call({ syscall: 'net.open' }), at: 2 }, roots).reasons).toEqual(['no_rule_allows']);
  });

  test('that was never valid lets nothing happen in its workspace, and says why', () => {
    const { decide, disk, clock, inForce } = setUp({ texts: { default: OPEN } });
    disk.set('/w', BROKEN);
    expect(decide(call(), ['/w'])).toMatchObject({
      decision: 'deny',
      rule: 'workspace-policy',
      reasons: ['no_policy_loaded'],
    });
    expect(decide(call(), ['/other']).decision).toBe('allow');
    expect(inForce.documents().find(({ workspace }) => workspace === '/w')?.errors).toHaveLength(1);
    disk.set('/w', own);
    clock.advance(300);
    expect(decide(call(), ['/w']).decision).toBe('allow');
    disk.set('/w', BROKEN);
    clock.advance(300);
    expect(decide(call({ path: 'secret/a' }), ['/w']).rule).toBe('no-secrets');
  });

  test('that asks for review is no way around what nothing allows', () => {
    const { decide, disk } = setUp({ texts: { default: OPEN } });
    disk.set(
      '/w',
      'version: 1\nrules:\n  - { name: look, match: { syscall: [fs.write, net.open] }, action: require_review }\n',
    );
    expect(decide(call(), ['/w'])).toMatchObject({ decision: 'require_review', rule: 'look' });
    expect(decide(call({ syscall: 'net.open' }), ['/w']).reasons).toEqual(['no_rule_allows']);
  });

  test('shows in an explanation, its allowances as what they are worth', async () => {
    const { inForce, disk } = setUp({ texts: { default: OPEN } });
    disk.set('/w', own);
    const workspace = inForce.workspacePolicy(['/w']);
    const { considered } = await inForce.engine.explain(call({ syscall: 'net.open' }), { workspace });
    expect(considered.find(({ rule }) => rule === 'wide')).toEqual({
      rule: 'wide',
      layer: 'workspace',
      verdict: 'pass',
      why: 'it matches; a workspace can only tighten',
    });
  });
});
