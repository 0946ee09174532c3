import Type, { type Static } from 'typebox';
import { DocumentError, DocumentWarning, Explanation, PolicyCall } from '../policy.ts';
import { area, call } from './contract.ts';

/** A call to try: what is left out is a call without tags out of no container, in mode strict and state idle, now. */
export const TrialCall = Type.Object(
  {
    ...PolicyCall.properties,
    caller: Type.Optional(
      Type.Object({
        container_id: Type.Optional(Type.String()),
        peer_pid: Type.Optional(Type.Integer()),
        tags: Type.Optional(Type.Array(Type.String())),
      }),
    ),
    session: Type.Optional(Type.Object({ mode: Type.Optional(Type.String()), state: Type.Optional(Type.String()) })),
    at: Type.Optional(Type.Number()),
  },
  { additionalProperties: false },
);
export type TrialCall = Static<typeof TrialCall>;

export const policy = area('policy', {
  show: call({
    about: 'Show the policy in force, where it comes from and what is wrong with it',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: Type.Object({
      source: Type.String(),
      text: Type.String(),
      loaded: Type.Boolean(),
      errors: Type.Array(DocumentError),
      warnings: Type.Array(DocumentWarning),
    }),
    faults: [],
  }),
  check: call({
    about: 'Check a policy document; nothing changes',
    effect: 'read',
    always: true,
    input: Type.Object({ text: Type.String() }),
    output: Type.Object({
      ok: Type.Boolean(),
      errors: Type.Array(DocumentError),
      warnings: Type.Array(DocumentWarning),
    }),
    faults: [],
  }),
  explain: call({
    about: 'Show what would be decided about a call and every rule that was considered',
    effect: 'read',
    always: true,
    input: Type.Object({
      call: TrialCall,
      text: Type.Optional(Type.String({ description: 'Another document than the one in force' })),
    }),
    output: Explanation,
    faults: ['policy_invalid'],
  }),
  test: call({
    about: 'Run a file of policy cases; nothing changes',
    effect: 'read',
    always: true,
    input: Type.Object({ text: Type.String() }),
    output: Type.Object({
      passed: Type.Integer(),
      failed: Type.Integer(),
      cases: Type.Array(
        Type.Object({ id: Type.String(), ok: Type.Boolean(), got: Type.Unknown(), expected: Type.Unknown() }),
      ),
    }),
    faults: ['cases_invalid'],
  }),
});
