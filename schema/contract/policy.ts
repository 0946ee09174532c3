import Type from 'typebox';
import { Decision, PolicyCall } from '../policy.ts';
import { area, call } from './contract.ts';

export const DocumentError = Type.Object({ line: Type.Integer(), column: Type.Integer(), message: Type.String() });
export const DocumentWarning = Type.Object({ line: Type.Integer(), code: Type.String(), message: Type.String() });

const considered = Type.Object({
  rule: Type.String(),
  layer: Type.String(),
  verdict: Type.String(),
  why: Type.String(),
});

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
    output: Type.Object({ ok: Type.Boolean(), errors: Type.Array(DocumentError), warnings: Type.Array(DocumentWarning) }),
    faults: [],
  }),
  explain: call({
    about: 'Show what would be decided about a call and every rule that was considered',
    effect: 'read',
    always: true,
    input: Type.Object({ call: PolicyCall, text: Type.Optional(Type.String({ description: 'Another document than the one in force' })) }),
    output: Type.Object({
      decision: Type.String(),
      via: Type.String(),
      rule: Type.Union([Type.String(), Type.Null()]),
      reasons: Type.Array(Type.String()),
      flagged: Type.Boolean(),
      warnings: Type.Array(Type.String()),
      considered: Type.Array(considered),
    }),
    faults: ['policy_invalid'],
  }),
});
