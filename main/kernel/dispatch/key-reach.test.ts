import type { TSchema } from 'typebox';
import { describe, expect, it, test } from 'vitest';
import { areas } from '../../../schema/contract/areas.ts';
import type { Area } from '../../../schema/contract/contract.ts';
import type { KeyScope } from '../../../schema/key-scope.ts';
import type { Caller } from './context.ts';
import { type KeyReach, type KeyTarget, reachRefusal, scopeOpens } from './key-reach.ts';

const reach: KeyReach = {
  session: (id) => ({ mine: { namespace: 'ci' }, theirs: { namespace: 'other' }, plain: {} })[id],
  sessionOfTerminal: (id) => ({ t1: 'mine', t2: 'theirs' })[id],
};
const OPEN = { keys: ['namespace', 'session'] } as const;
const SCOPES = {
  admin: { kind: 'admin' },
  namespace: { kind: 'namespace', namespace: 'ci' },
  session: { kind: 'session', session: 'mine' },
  model: { kind: 'model', model: 'small' },
} as const satisfies Record<string, KeyScope>;

function callerOf(scope: KeyScope | undefined, actor = 'key:k3v9xw2m'): Caller {
  return { actor, tags: [], containerId: '', peerPid: 0, ...(scope === undefined ? {} : { scope }) };
}
const refusal = (scope: KeyScope | undefined, input: unknown, member: { keys?: typeof OPEN.keys | 'any' } = OPEN) =>
  reachRefusal(reach, { method: 'tool.call', member, input, caller: callerOf(scope) })?.code ?? 'open';

describe('the scope of a key', () => {
  it.each<[scope: keyof typeof SCOPES, input: unknown, answer: string]>([
    ['admin', { session: 'theirs' }, 'open'],
    ['admin', {}, 'open'],
    ['namespace', { session: 'mine' }, 'open'],
    ['namespace', { namespace: 'ci' }, 'open'],
    ['namespace', { terminal: 't1' }, 'open'],
    ['namespace', { session: 'mine', namespace: 'ci' }, 'open'],
    ['namespace', { session: 'theirs' }, 'wrong_scope'],
    ['namespace', { terminal: 't2' }, 'wrong_scope'],
    ['namespace', { session: 'plain' }, 'wrong_scope'],
    ['namespace', { namespace: 'other' }, 'wrong_scope'],
    ['namespace', { namespace: 'ci', session: 'theirs' }, 'wrong_scope'],
    ['namespace', { namespace: 'other', session: 'mine' }, 'wrong_scope'],
    ['namespace', { namespace: 'CI' }, 'wrong_scope'],
    ['namespace', { namespace: ['ci'] }, 'wrong_scope'],
    ['namespace', {}, 'wrong_scope'],
    ['namespace', null, 'wrong_scope'],
    ['namespace', { session: 'gone' }, 'not_found'],
    ['namespace', { terminal: 'gone' }, 'not_found'],
    ['session', { session: 'mine' }, 'open'],
    ['session', { terminal: 't1' }, 'open'],
    ['session', { session: 'theirs' }, 'wrong_scope'],
    ['session', { terminal: 't2' }, 'wrong_scope'],
    ['session', { namespace: 'ci' }, 'wrong_scope'],
    ['session', { namespace: 'ci', session: 'mine' }, 'wrong_scope'],
    ['session', {}, 'wrong_scope'],
    ['model', { session: 'mine' }, 'wrong_scope'],
    ['model', {}, 'wrong_scope'],
  ])('%s on %j: %s', (scope, input, answer) => {
    expect(refusal(SCOPES[scope], input)).toBe(answer);
  });

  it('opens nothing by a call that is for admin keys only, and does not tell what there is', () => {
    for (const session of ['mine', 'theirs', 'gone'])
      expect(refusal(SCOPES.namespace, { session }, {})).toBe('wrong_scope');
  });

  it('opens what is about nobody’s in particular to every key', () => {
    expect(Object.values(SCOPES).map((scope) => refusal(scope, {}, { keys: 'any' }))).toEqual([
      'open',
      'open',
      'open',
      'open',
    ]);
  });

  it('that is missing opens nothing to a key, and nothing is asked of callers without one', () => {
    expect(refusal(undefined, { session: 'mine' })).toBe('wrong_scope');
    const operator = { method: 'x.y', member: {}, input: {}, caller: callerOf(undefined, 'operator') };
    expect(reachRefusal(reach, operator)).toBeUndefined();
  });

  it('is held against nothing where nobody knows whose things are: all is closed but to admin keys', () => {
    const call = { method: 'x.y', member: OPEN, input: { session: 'mine' } };
    const refused = (scope: KeyScope) => reachRefusal(undefined, { ...call, caller: callerOf(scope) })?.code;
    expect(Object.values(SCOPES).map(refused)).toEqual([undefined, 'wrong_scope', 'wrong_scope', 'wrong_scope']);
  });

  it('is a matter of what a call names and of nothing else', () => {
    const target: KeyTarget = { session: 'mine', sessionNamespace: 'ci' };
    expect(Object.values(SCOPES).map((scope) => scopeOpens(scope, OPEN, target))).toEqual([true, true, true, false]);
  });
});

const NAMES = ['session', 'namespace', 'terminal'];

function propertiesOf(schema: TSchema): Record<string, TSchema> {
  // A schema of an object has its members there.
  return 'properties' in schema ? (schema.properties as Record<string, TSchema>) : {};
}

/** Members anywhere below the first level that name whose something is: the scope is not held against these. */
function hiddenNames(schema: TSchema): string[] {
  return Object.values(propertiesOf(schema)).flatMap((inner) =>
    Object.entries(propertiesOf(inner)).flatMap(([name, deeper]) => [
      ...(NAMES.includes(name) ? [name] : []),
      ...hiddenNames(deeper),
    ]),
  );
}

test('every call that is open to the keys of a namespace or a session names whose it is where the scope is held against', () => {
  const open = Object.values<Area>(areas).flatMap(({ name, members }) =>
    Object.entries(members).flatMap(([member, spec]) =>
      spec.keys === undefined || spec.keys === 'any' ? [] : [{ call: `${name}.${member}`, input: spec.input }],
    ),
  );
  expect(open.length).toBeGreaterThan(20);
  const names = ({ input }: { input: TSchema }) =>
    Object.keys(propertiesOf(input)).filter((name) => NAMES.includes(name));
  expect(open.filter((one) => names(one).length === 0).map(({ call }) => call)).toEqual([]);
  expect(open.filter(({ input }) => hiddenNames(input).length > 0).map(({ call }) => call)).toEqual([]);
});
