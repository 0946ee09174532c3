import Type from 'typebox';
import { expect, test } from 'vitest';
import { call, type CallSpec } from '../../../schema/contract/contract.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Decision } from '../../../schema/policy.ts';
import { VirtualClock } from '../../base/clock.ts';
import type { Act } from './act-in-progress.ts';
import { CallMeter } from './call-meter.ts';
import { beginAct, type Gate } from './gate.ts';
import type { ActRecord } from './ports.ts';
import { createRedactor } from '../policy/redactor.ts';
import { RunningActs } from './running-acts.ts';

const allow: Decision = { decision: 'allow', via: 'rules', rule: 'open', reasons: [], flagged: false, warnings: [] };
const deny: Decision = { ...allow, decision: 'deny', rule: 'frozen', reasons: ['nothing runs today'] };
const review: Decision = { ...allow, decision: 'require_review', rule: 'look', reasons: ['look first'] };

/** A gate over a policy that the test changes. */
function setUp() {
  const records: ActRecord[] = [];
  const running = new RunningActs();
  const policy = { now: (): Decision | Promise<Decision> => allow };
  const gate: Gate = {
    policy: { decide: () => policy.now() },
    audit: {
      writable: true,
      append: async (record) => void records.push(record),
      record: (one) => void records.push(one),
    },
    review: {
      ask: async () => ({ answer: 'deny', by: 'operator', reason: undefined }),
      approve: async () => ({ answer: 'allow', by: 'operator', reason: undefined }),
    },
    redact: (text) => text,

    redaction: () => createRedactor(),
    subjects: new Map(),
    sessionOf: () => undefined,
    running,
  };
  const begin = async (part: Partial<CallSpec> = {}): Promise<Act> =>
    beginAct(gate, {
      method: 'box.run',
      member: {
        ...call({ about: 'Run', effect: 'write', input: Type.Object({}), output: Type.Object({}), faults: [] }),
        ...part,
      },
      input: {},
      caller: { actor: 'operator', tags: [], containerId: '', peerPid: 0 },
      signal: new AbortController().signal,
      review: 'wait',
      clock: new VirtualClock(1000),
      receivedAt: 0,
      meter: new CallMeter(),
    });
  const change = async (next: () => Decision | Promise<Decision>): Promise<void> => {
    policy.now = next;
    await running.judgeAgain();
  };
  return { records, begin, change, policy, running };
}

test('an act under way that the new policy denies is stopped, and its record says by which rule', async () => {
  const { records, begin, change } = setUp();
  const act = await begin();
  await change(() => deny);
  expect(act.context.signal.aborted).toBe(true);
  expect(act.refusal).toMatchObject({
    code: 'denied',
    why: 'rule frozen: nothing runs today',
    data: { decision: deny },
  });
  await act.fail(act.refusal ?? new Fault('internal', 'not stopped'));
  expect(records.at(-1)).toMatchObject({
    type: 'call_finished',
    reason: expect.stringContaining('the policy changed'),
  });
});

test('an act that is still allowed, or would be asked about now, goes on', async () => {
  const { begin, change } = setUp();
  const act = await begin();
  await change(() => allow);
  await change(() => review);
  expect(act.context.signal.aborted).toBe(false);
});

test('an act that cannot be judged again is stopped', async () => {
  const { begin, change } = setUp();
  const act = await begin();
  await change(() => Promise.reject(new Error('the extension is gone')));
  expect(act.refusal?.code).toBe('denied');
});

test('what the operator may always do is never stopped, and a read has nothing to stop', async () => {
  const { begin, change } = setUp();
  const acts = [await begin({ always: true }), await begin({ effect: 'read' })];
  await change(() => deny);
  expect(acts.map((act) => act.context.signal.aborted)).toEqual([false, false]);
});

test('a policy that changes between the decision and the beginning is not slipped past', async () => {
  const { begin, policy, running } = setUp();
  policy.now = async () => {
    policy.now = () => deny;
    await running.judgeAgain();
    return allow;
  };
  await expect(begin()).rejects.toMatchObject({ code: 'denied' });
});

test('an act that has ended is forgotten', async () => {
  const { begin, change } = setUp();
  const act = await begin();
  await act.finish();
  await change(() => deny);
  expect(act.context.signal.aborted).toBe(false);
});
