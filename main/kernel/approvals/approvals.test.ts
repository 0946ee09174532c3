import { describe, expect, it } from 'vitest';
import type { ActId, ApprovalId, SessionId } from '../../../schema/entities.ts';
import type { Decision } from '../../../schema/policy.ts';
import { VirtualClock } from '../../base/clock.ts';
import type { ReviewRequest } from '../dispatch/ports.ts';
import { Approvals } from './approvals.ts';

const decision: Decision = {
  decision: 'require_review',
  via: 'rules',
  rule: 'look',
  reasons: ['manifest'],
  flagged: false,
  warnings: [],
};

function setUp() {
  const clock = new VirtualClock(1000);
  const records: Record<string, unknown>[] = [];
  const approvals = new Approvals({
    clock,
    audit: { append: async (record) => void records.push(record) },
    timeoutMs: () => 60_000,
  });
  const request = (fields: Partial<ReviewRequest> = {}): ReviewRequest => ({
    // Ids of a test need no making.
    act: 'a1' as ActId,
    caller: { actor: 'operator', tags: [], containerId: '', peerPid: 0 },
    session: 's1',
    subjects: [{ syscall: 'git.commit', path: 'a.txt' }],
    summary: '{}',
    decision,
    signal: new AbortController().signal,
    ...fields,
  });
  const asked = async (): Promise<ApprovalId> => {
    await new Promise((resolve) => setImmediate(resolve));
    const [approval] = approvals.picture().approvals;
    if (approval === undefined) throw new Error('nothing was asked');
    return approval.id;
  };
  return { approvals, clock, records, request, asked };
}

describe('approvals', () => {
  it('deny what is still asked when the kernel ends, and ask nobody for an answer after it', async () => {
    const { approvals, clock, records, request, asked } = setUp();
    const answer = approvals.ask(request());
    await asked();
    approvals[Symbol.dispose]();
    expect(await answer).toEqual({ answer: 'deny', by: 'kernel', reason: 'the kernel ended' });
    expect(records.at(-1)).toMatchObject({ type: 'approval_answered', actor: 'kernel', decision: 'deny' });
    clock.advance(120_000);
    expect(records).toHaveLength(2);
  });

  it('deny after their time also where that cannot be recorded', async () => {
    const clock = new VirtualClock(1000);
    let left = 1;
    const append = async (): Promise<void> => {
      if (left-- === 0) throw new Error('disk full');
    };
    const approvals = new Approvals({ clock, audit: { append }, timeoutMs: () => 60_000 });
    const answer = approvals.ask(setUp().request());
    await expect.poll(() => approvals.picture().approvals).toHaveLength(1);
    clock.advance(60_000);
    expect(await answer).toMatchObject({ answer: 'deny', by: 'kernel' });
  });

  it('hand the answer to the caller and record question and answer', async () => {
    const { approvals, records, request, asked } = setUp();
    const answer = approvals.ask(request());
    await approvals.decide(await asked(), { scope: 'once' });
    expect(await answer).toEqual({ answer: 'allow', by: 'operator', reason: undefined });
    expect(records.map(({ type, decision: given }) => [type, given])).toEqual([
      ['approval_asked', undefined],
      ['approval_answered', 'allow'],
    ]);
    expect(approvals.picture()).toEqual({ approvals: [], grants: [] });
  });

  it('given for the session stand for the same rule and call, and for no other', async () => {
    const { approvals, request, asked } = setUp();
    const first = approvals.ask(request());
    await approvals.decide(await asked(), { scope: 'session' });
    await first;
    expect(await approvals.ask(request())).toMatchObject({ answer: 'allow' });
    void approvals.ask(request({ session: 's2' }));
    void approvals.ask(request({ decision: { ...decision, rule: 'other' } }));
    void approvals.ask(request({ decision: { ...decision, reasons: ['manifest', 'another rule asks too'] } }));
    await asked();
    expect(approvals.picture().approvals).toHaveLength(3);
  });

  it('given for the session answer the same questions that already wait', async () => {
    const { approvals, request, asked } = setUp();
    const answers = [approvals.ask(request()), approvals.ask(request())];
    await approvals.decide(await asked(), { scope: 'session' });
    expect((await Promise.all(answers)).map(({ answer }) => answer)).toEqual(['allow', 'allow']);
  });

  it('deny when nobody answers in time', async () => {
    const { approvals, clock, records, request, asked } = setUp();
    const answer = approvals.ask(request());
    await asked();
    clock.advance(60_000);
    expect(await answer).toEqual({ answer: 'deny', by: 'kernel', reason: 'nobody answered in time' });
    expect(records.at(-1)).toMatchObject({ type: 'approval_answered', actor: 'kernel', decision: 'deny' });
  });

  it('are withdrawn when the caller goes away', async () => {
    const { approvals, request, asked } = setUp();
    const caller = new AbortController();
    const answer = approvals.ask(request({ signal: caller.signal }));
    await asked();
    caller.abort();
    expect(await answer).toMatchObject({ answer: 'deny', by: 'kernel' });
    expect(approvals.picture().approvals).toEqual([]);
  });

  it('end with their session, standing answers too', async () => {
    const { approvals, request, asked } = setUp();
    const first = approvals.ask(request());
    await approvals.decide(await asked(), { scope: 'session' });
    await first;
    // Ids of a test need no making.
    approvals.endSession('s1' as SessionId);
    expect(approvals.picture().grants).toEqual([]);
    void approvals.ask(request());
    await asked();
    expect(approvals.picture().approvals).toHaveLength(1);
  });

  it('cannot be answered twice', async () => {
    const { approvals, request, asked } = setUp();
    const answer = approvals.ask(request());
    const id = await asked();
    await approvals.decide(id, { scope: 'deny' }, { reason: 'not today' });
    expect(await answer).toMatchObject({ answer: 'deny', reason: 'not today' });
    await expect(approvals.decide(id, { scope: 'once' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('given for a pattern stand for its paths, in their session, for the same caller', async () => {
    const { approvals, request, asked } = setUp();
    const at = (path: string, fields: Partial<ReviewRequest> = {}): ReviewRequest =>
      request({ subjects: [{ syscall: 'fs.write', path }], ...fields });
    const first = approvals.ask(at('src/a.ts'));
    const id = await asked();
    expect(approvals.picture().approvals[0]).toMatchObject({
      kind: 'files',
      answers: ['session', 'pattern', 'until'],
      suggestedGlob: 'src/**',
    });
    await expect(approvals.decide(id, { scope: 'pattern', pathGlob: 'docs/**' })).rejects.toMatchObject({
      code: 'invalid_pattern',
    });
    await expect(approvals.decide(id, { scope: 'pattern', pathGlob: '[' })).rejects.toMatchObject({
      code: 'invalid_pattern',
    });
    await approvals.decide(id, { scope: 'pattern', pathGlob: 'src/**' });
    await first;
    expect(await approvals.ask(at('src/deep/b.ts'))).toMatchObject({ answer: 'allow' });
    expect(approvals.picture().grants).toMatchObject([{ scope: 'pattern', pathGlob: 'src/**', uses: 1 }]);
    void approvals.ask(at('docs/b.md'));
    void approvals.ask(at('src/../docs/b.md'));
    void approvals.ask(request({ subjects: [{ syscall: 'fs.write', path: 'src/a.ts', resolvedPath: 'docs/a.ts' }] }));
    void approvals.ask(at('src/a.ts', { session: 's2' }));
    void approvals.ask(at('src/a.ts', { caller: { actor: 'plugin:x', tags: [], containerId: 'c', peerPid: 1 } }));
    await asked();
    expect(approvals.picture().approvals).toHaveLength(5);
  });

  it('given until a time end then, and the list says so by itself', async () => {
    const { approvals, clock, request, asked } = setUp();
    const seen: number[] = [];
    const stop = new AbortController();
    void (async () => {
      for await (const { grants } of approvals.watch(stop.signal)) seen.push(grants.length);
    })();
    const first = approvals.ask(request({ session: undefined }));
    const id = await asked();
    await expect(approvals.decide(id, { scope: 'until', until: 500 })).rejects.toMatchObject({ code: 'not_grantable' });
    await expect(approvals.decide(id, { scope: 'session' })).rejects.toMatchObject({ code: 'no_session' });
    await approvals.decide(id, { scope: 'until', until: 11_000 });
    await first;
    clock.advance(9_999);
    expect(await approvals.ask(request({ session: undefined }))).toMatchObject({ answer: 'allow' });
    clock.advance(1);
    await asked().catch(() => undefined);
    expect([approvals.picture().grants, seen.at(-1)]).toEqual([[], 0]);
    void approvals.ask(request({ session: undefined }));
    await asked();
    expect(approvals.picture().approvals).toHaveLength(1);
    stop.abort();
  });

  it('end by themselves where no time was said', async () => {
    const { approvals, clock, request, asked } = setUp();
    const first = approvals.ask(request());
    await approvals.decide(await asked(), { scope: 'session' });
    await first;
    clock.advance(8 * 3_600_000);
    expect(approvals.picture().grants).toEqual([]);
  });

  it('are given to a change of the policy once and no further', async () => {
    const { approvals, request, asked } = setUp();
    void approvals.ask(request({ subjects: [{ syscall: 'policy.update' }] }));
    const id = await asked();
    expect(approvals.picture().approvals[0]).toMatchObject({ kind: 'policy', answers: [] });
    const wanted = { scope: 'until', until: 2000 } as const;
    await expect(approvals.decide(id, wanted)).rejects.toMatchObject({ code: 'not_grantable' });
  });

  it('reach the caller without a timer in between: the clock stands still', async () => {
    const { approvals, clock, request, asked } = setUp();
    const started = clock.now();
    const answer = approvals.ask(request());
    await approvals.decide(await asked(), { scope: 'once' });
    expect([(await answer).answer, clock.now() - started]).toEqual(['allow', 0]);
  });
});
