import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { area, call, SESSION_KEYS, stream } from '../../../schema/contract/contract.ts';
import type { KeyScope } from '../../../schema/key-scope.ts';
import type { Decision } from '../../../schema/policy.ts';
import { VirtualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { createRedactor } from '../policy/redactor.ts';
import type { Caller } from './context.ts';
import { Dispatch } from './dispatch.ts';
import type { ActRecord } from './ports.ts';
import { RunningActs } from './running-acts.ts';

const TOKEN = `cav_k3v9xw2m_${'S'.repeat(48)}`;
const one = Type.Object({ session: Type.String() });
const box = area('box', {
  look: call({
    about: 'Look into one',
    effect: 'read',
    keys: SESSION_KEYS,
    input: one,
    output: Type.Object({ seen: Type.String() }),
    faults: [],
  }),
  stroke: call({
    about: 'Part of an act with records of its own',
    effect: 'write',
    record: 'parent',
    keys: SESSION_KEYS,
    input: one,
    output: Type.Object({}),
    faults: [],
  }),
  follow: stream({
    about: 'Follow one',
    effect: 'read',
    keys: SESSION_KEYS,
    input: one,
    event: Type.Object({}),
    faults: [],
  }),
  mint: call({
    about: 'Make a token',
    effect: 'grant',
    reveals: ['token'],
    input: Type.Object({}),
    output: Type.Object({ token: Type.String(), about: Type.String() }),
    faults: [],
  }),
});
const allow: Decision = { decision: 'allow', via: 'rules', rule: 'open', reasons: [], flagged: false, warnings: [] };

function setUp() {
  const records: ActRecord[] = [];
  const asked: string[] = [];
  const dispatch = new Dispatch({
    areas: { box },
    handlers: {
      box: {
        look: () => ({ seen: TOKEN }),
        stroke: () => ({}),
        async *follow() {
          yield {};
        },
        mint: () => ({ token: TOKEN, about: `like ${TOKEN}` }),
      },
    },
    clock: new VirtualClock(1000),
    logger: silentLogger,
    gate: {
      policy: {
        decide(calls) {
          asked.push(...calls.map(({ syscall, caller }) => `${syscall} ${caller.tags.join()}`));
          return allow;
        },
      },
      audit: {
        writable: true,
        append: async (record) => void records.push(record),
        record: (record) => void records.push(record),
      },
      review: {
        ask: async () => ({ answer: 'deny', by: 'operator', reason: 'no' }),
        approve: async () => ({ answer: 'deny', by: 'operator', reason: 'no' }),
      },
      redact: (text) => createRedactor([]).redact(text),
      redaction: () => createRedactor([]),
      subjects: new Map([
        [
          'box.look',
          () => {
            asked.push('subjects');
            return [{ syscall: 'box.look' }];
          },
        ],
      ]),
      sessionOf: () => undefined,
      reach: {
        session: (id) => ({ mine: { namespace: 'ci' }, theirs: { namespace: 'other' } })[id],
        sessionOfTerminal: () => undefined,
      },
      running: new RunningActs(),
    },
  });
  const request = (method: string, input: unknown, scope: KeyScope | undefined) => {
    const caller: Caller = {
      actor: 'key:k3v9xw2m',
      tags: ['scoped_key'],
      containerId: '',
      peerPid: 0,
      ...(scope === undefined ? {} : { scope }),
    };
    return { method, input, caller, signal: new AbortController().signal, review: 'wait' as const };
  };
  return { dispatch, request, records, asked };
}
const CI: KeyScope = { kind: 'namespace', namespace: 'ci' };

describe('a call that came with a key', () => {
  it('for another namespace’s session is refused before anything of it is looked at, and the refusal is recorded', async () => {
    const { dispatch, request, records, asked } = setUp();
    const call = dispatch.call(request('box.look', { session: 'theirs' }, CI));
    await expect(call).rejects.toMatchObject({ code: 'wrong_scope' });
    expect(asked).toEqual([]);
    expect(records).toMatchObject([
      {
        type: 'call_decided',
        actor: 'key:k3v9xw2m',
        decision: 'deny',
        reason: 'wrong_scope: It is namespace:ci.',
        data: { call: 'box.look' },
      },
    ]);
  });

  it('is refused as a stream too, and by a host that forgot the scope', async () => {
    const { dispatch, request } = setUp();
    const stream = dispatch.stream(request('box.follow', { session: 'theirs' }, CI));
    await expect(stream.next()).rejects.toMatchObject({ code: 'wrong_scope' });
    const bare = dispatch.call(request('box.look', { session: 'mine' }, undefined));
    await expect(bare).rejects.toMatchObject({ code: 'wrong_scope' });
  });

  it('is judged by the policy as the key’s, and attributed to it in the record also where it only reads', async () => {
    const { dispatch, request, records, asked } = setUp();
    await dispatch.call(request('box.look', { session: 'mine' }, CI));
    expect(asked).toEqual(['subjects', 'box.look scoped_key']);
    expect(records).toMatchObject([
      { type: 'call_decided', actor: 'key:k3v9xw2m', decision: 'allow', session: 'mine', data: { call: 'box.look' } },
    ]);
  });

  it('that is a part of an act with records of its own has none', async () => {
    const { dispatch, request, records } = setUp();
    await dispatch.call(request('box.stroke', { session: 'mine' }, CI));
    expect(records).toEqual([]);
  });

  it('is answered without secrets, but for the one that was made for it by this very call', async () => {
    const { dispatch, request, records } = setUp();
    const seen = await dispatch.call(request('box.look', { session: 'mine' }, CI));
    expect(JSON.stringify(seen)).not.toContain(TOKEN);
    const minted = await dispatch.call(request('box.mint', {}, { kind: 'admin' }));
    expect(minted).toEqual({ token: TOKEN, about: 'like [redacted:cavern]' });
    expect(JSON.stringify(records)).not.toContain(TOKEN);
  });
});
