import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { createChannelPair } from '../../../schema/client/channel-pair.ts';
import { createClient } from '../../../schema/client/client.ts';
import { area, call, stream } from '../../../schema/contract/contract.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Decision, PolicyCall } from '../../../schema/policy.ts';
import { VirtualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { createRedactor } from '../policy/redactor.ts';
import type { Caller } from './context.ts';
import { Dispatch, type HandlersOf } from './dispatch.ts';
import type { ActRecord, ReviewAnswer } from './ports.ts';
import { RunningActs } from './running-acts.ts';
import { serveChannel } from './serve-channel.ts';

const box = area('box', {
  peek: call({
    about: 'Look',
    effect: 'read',
    input: Type.Object({}),
    output: Type.Object({ open: Type.Boolean() }),
    faults: [],
  }),
  put: call({
    about: 'Put something in',
    effect: 'write',
    input: Type.Object({ thing: Type.String({ maxLength: 10 }), session: Type.Optional(Type.String()) }),
    output: Type.Object({ count: Type.Integer() }),
    faults: ['full'],
  }),
  give: call({ about: 'Give it away', effect: 'grant', input: Type.Object({}), output: Type.Object({}), faults: [] }),
  empty: call({
    about: 'Empty it',
    effect: 'write',
    always: true,
    input: Type.Object({}),
    output: Type.Object({}),
    faults: [],
  }),
  lie: call({
    about: 'Answer what was not promised',
    effect: 'read',
    input: Type.Object({}),
    output: Type.Object({ n: Type.Integer() }),
    faults: [],
  }),
  count: stream({
    about: 'Count',
    effect: 'read',
    input: Type.Object({ to: Type.Integer() }),
    event: Type.Object({ n: Type.Integer() }),
    faults: [],
  }),
});
const areas = { box };

const operator: Caller = { actor: 'operator', tags: ['operator'], containerId: '', peerPid: 0 };
const allow: Decision = { decision: 'allow', via: 'rules', rule: 'open', reasons: [], flagged: false, warnings: [] };
const deny: Decision = { ...allow, decision: 'deny', rule: 'stop', reasons: ['frozen'] };
const review: Decision = { ...allow, decision: 'require_review', rule: 'look', reasons: ['look first'] };

interface Setup {
  decide?: (calls: readonly PolicyCall[]) => Decision;
  answer?: ReviewAnswer;
  writable?: boolean;
  /** Why a person has to look at what the policy allows. */
  reasons?: readonly string[];
}

function setUp(options: Setup = {}) {
  const records: (ActRecord & { synced: boolean })[] = [];
  const ran: string[] = [];
  const produced: number[] = [];
  const handlers: HandlersOf<typeof areas> = {
    box: {
      peek: () => ({ open: true }),
      put(input, context) {
        ran.push(input.thing);
        if (input.thing === 'elephant') throw new Fault('full', 'Cannot put it in: the box is full');
        if (input.thing === 'bug') throw new TypeError('secret detail');
        context.note({ data: { thing: input.thing, ...(context.seal === undefined ? {} : { seal: context.seal }) } });
        return { count: ran.length };
      },
      give: () => ({}),
      empty: () => ({}),
      // The handler lies about its answer; only a cast lets it compile.
      lie: () => ({ n: 'three' }) as unknown as { n: number },
      async *count(input) {
        for (let n = 1; n <= input.to; n += 1) {
          produced.push(n);
          yield { n };
        }
      },
    },
  };
  const dispatch = new Dispatch({
    areas,
    handlers,
    clock: new VirtualClock(1000),
    logger: silentLogger,
    gate: {
      policy: { decide: options.decide ?? (() => allow) },
      audit: {
        writable: options.writable ?? true,
        append: async (record) => void records.push({ ...record, synced: true }),
        record: (record) => void records.push({ ...record, synced: false }),
      },
      review: {
        ask: async () => options.answer ?? { answer: 'deny', by: 'operator', reason: 'no' },
        approve: async () => ({ answer: 'allow', by: 'operator', reason: undefined }),
      },
      redact: (text) => text.replaceAll('hunter2', '[redacted:x]'),
      redaction: () => createRedactor(),
      subjects: new Map(),
      conditions: new Map(
        options.reasons === undefined
          ? []
          : [['box.put', async () => ({ reasons: options.reasons ?? [], seal: 'looked-at', data: { looked: true } })]],
      ),
      sessionOf: () => undefined,
      running: new RunningActs(),
    },
  });
  const [near, far] = createChannelPair();
  const violations: string[] = [];
  serveChannel({ dispatch, channel: far, caller: operator, onViolation: (what) => violations.push(what) });
  return { client: createClient(areas, near), near, dispatch, records, ran, produced, violations };
}

const faultOf = (promise: Promise<unknown>): Promise<Fault> =>
  promise.then(
    () => expect.fail('it was not refused'),
    (thrown: Fault) => thrown,
  );

describe('dispatch', () => {
  it('answers an allowed call and records a write before and after it', async () => {
    const { client, records } = setUp();
    expect(await client.box.put({ thing: 'ball' })).toEqual({ count: 1 });
    expect(records.map(({ type, decision, input, data, synced }) => ({ type, decision, input, data, synced }))).toEqual(
      [
        {
          type: 'call_decided',
          decision: 'allow',
          input: '{"thing":"ball"}',
          data: {
            call: 'box.put',
            judged: { tags: ['operator'], mode: 'explore', state: 'idle', subjects: [{ syscall: 'box.put' }] },
          },
          synced: false,
        },
        {
          type: 'call_finished',
          decision: undefined,
          input: undefined,
          data: { call: 'box.put', thing: 'ball' },
          synced: false,
        },
      ],
    );
    expect(records[0]?.act).toBe(records[1]?.act);
  });

  it('leaves no record of a plain read', async () => {
    const { client, records } = setUp();
    await client.box.peek({});
    expect(records).toEqual([]);
  });

  it('asks a host for the signal of a call only where something listens to it', async () => {
    const { dispatch } = setUp();
    let asked = 0;
    const request = (method: string, input: unknown) => ({
      method,
      input,
      caller: operator,
      review: 'refuse' as const,
      get signal() {
        asked += 1;
        return new AbortController().signal;
      },
    });
    expect([await dispatch.call(request('box.peek', {})), asked]).toEqual([{ open: true }, 0]);
    await dispatch.call(request('box.put', { thing: 'ball' }));
    expect(asked).toBe(1);
  });

  it('puts a grant on disk before and after it happens', async () => {
    const { client, records } = setUp();
    await client.box.give({});
    expect(records.map(({ type, synced }) => ({ type, synced }))).toEqual([
      { type: 'call_decided', synced: true },
      { type: 'call_finished', synced: true },
    ]);
  });

  it('never reaches the handler when the policy denies, and records why', async () => {
    const { client, records, ran } = setUp({ decide: () => deny });
    const fault = await faultOf(client.box.put({ thing: 'ball' }));
    expect({ code: fault.code, why: fault.why, data: fault.data }).toEqual({
      code: 'denied',
      why: 'rule stop: frozen',
      data: { decision: deny },
    });
    expect(ran).toEqual([]);
    expect(records.map(({ type, decision, rule }) => ({ type, decision, rule }))).toEqual([
      { type: 'call_decided', decision: 'deny', rule: 'stop' },
    ]);
  });

  it('records a denied read', async () => {
    const { client, records } = setUp({ decide: () => deny });
    await faultOf(client.box.peek({}));
    expect(records).toHaveLength(1);
  });

  it('runs a reviewed call after the person allowed it, and not after they denied it', async () => {
    const allowed = setUp({ decide: () => review, answer: { answer: 'allow', by: 'operator', reason: undefined } });
    expect(await allowed.client.box.put({ thing: 'ball' })).toEqual({ count: 1 });
    const denied = setUp({ decide: () => review });
    expect((await faultOf(denied.client.box.put({ thing: 'ball' }))).code).toBe('denied');
    expect(denied.ran).toEqual([]);
  });

  it('says needs_review where the caller does not wait', async () => {
    const { client, ran } = setUp({ decide: () => review });
    const fault = await faultOf(client.box.put({ thing: 'ball' }, { review: 'refuse' }));
    expect(fault.code).toBe('needs_review');
    expect(ran).toEqual([]);
  });

  it('lets a call through whose condition holds, with what was looked at, and asks a person where it does not', async () => {
    const held = setUp({ reasons: [] });
    await held.client.box.put({ thing: 'ball' });
    expect(held.records.map(({ data }) => [data?.['looked'], data?.['seal']])).toEqual([
      [true, undefined],
      [undefined, 'looked-at'],
    ]);
    const open = setUp({ reasons: ['too large'] });
    const fault = await faultOf(open.client.box.put({ thing: 'ball' }, { review: 'refuse' }));
    expect([fault.code, fault.why, open.ran]).toEqual(['needs_review', 'too large', []]);
    const allowed = setUp({ reasons: ['too large'], answer: { answer: 'allow', by: 'operator', reason: undefined } });
    await allowed.client.box.put({ thing: 'ball' });
    // A person said yes to the call, not to what was looked at.
    expect(allowed.records.at(-1)?.data).toEqual({ call: 'box.put', thing: 'ball' });
    const denied = setUp({ reasons: [], decide: () => deny });
    expect((await faultOf(denied.client.box.put({ thing: 'ball' }))).code).toBe('denied');
  });

  it('refuses input that is not of the contract, unknown keys included', async () => {
    const { client, ran, violations } = setUp();
    expect((await faultOf(client.box.put({ thing: 'much too long a name' }))).code).toBe('invalid_input');
    // An unknown key does not compile, so the type is set aside here.
    expect((await faultOf(client.box.put({ thing: 'a', force: true } as { thing: string }))).code).toBe(
      'invalid_input',
    );
    expect(ran).toEqual([]);
    expect(violations).toHaveLength(2);
  });

  it('refuses an answer that was not promised', async () => {
    const { client } = setUp();
    expect((await faultOf(client.box.lie({}))).code).toBe('invalid_output');
  });

  it('hands a declared fault on and keeps the text of an unknown error inside', async () => {
    const { client, records } = setUp();
    expect((await faultOf(client.box.put({ thing: 'elephant' }))).code).toBe('full');
    const fault = await faultOf(client.box.put({ thing: 'bug' }));
    expect(fault.code).toBe('internal');
    expect(fault.message).not.toContain('secret detail');
    expect(records.at(-1)?.reason).toMatch(/^internal: /);
  });

  it('denies what has an effect while the audit log cannot be written, but not the operator’s closed list', async () => {
    const { client } = setUp({ writable: false });
    expect((await faultOf(client.box.put({ thing: 'ball' }))).code).toBe('audit_unavailable');
    expect(await client.box.empty({})).toEqual({});
    expect(await client.box.peek({})).toEqual({ open: true });
  });

  it('redacts what it records', async () => {
    const { client, records } = setUp();
    await client.box.put({ thing: 'hunter2' });
    expect(records[0]?.input).toBe('{"thing":"[redacted:x]"}');
  });

  it('streams with flow control: what nobody takes is not produced', async () => {
    const { client, produced } = setUp();
    const events = client.box.count({ to: 10_000 })[Symbol.asyncIterator]();
    expect(await events.next()).toEqual({ done: false, value: { n: 1 } });
    await new Promise((resolve) => setImmediate(resolve));
    expect(produced.length).toBeLessThan(100);
    const seen: number[] = [];
    for (let next = await events.next(); !next.done; next = await events.next()) seen.push(next.value.n);
    expect(seen).toHaveLength(9_999);
    expect(seen.at(-1)).toBe(10_000);
  });

  it('stops a stream whose reader goes away', async () => {
    const { client, produced } = setUp();
    for await (const { n } of client.box.count({ to: 1_000_000 })) if (n === 5) break;
    await new Promise((resolve) => setImmediate(resolve));
    const count = produced.length;
    await new Promise((resolve) => setImmediate(resolve));
    expect(produced.length).toBe(count);
  });

  it('refuses a call that the contract does not have, and the connection lives on', async () => {
    const { near, violations, client } = setUp();
    const answered = new Promise((resolve) => near.onFrame(resolve));
    void near.send({ id: 'x', type: 'request', method: 'box.explode', params: {} });
    expect(await answered).toMatchObject({ id: 'x', error: { code: 'unknown_call' } });
    expect(violations).toHaveLength(1);
    expect(await client.box.peek({})).toEqual({ open: true });
  });
});
