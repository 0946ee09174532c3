import { Ajv, type ValidateFunction } from 'ajv';
import Type, { type Static } from 'typebox';
import { PolicyCall } from '../../../schema/policy.ts';

const FixedVerdict = Type.Object({
  name: Type.String(),
  decision: Type.Union([
    Type.Literal('allow'),
    Type.Literal('deny'),
    Type.Literal('require_review'),
    Type.Literal('pass'),
  ]),
  reason: Type.Optional(Type.String()),
});

export const TokenCase = Type.Object({
  container_id: Type.String(),
  peer_pid: Type.Integer(),
  syscall: Type.String(),
  path_glob: Type.Optional(Type.Array(Type.String())),
  max_ops: Type.Integer(),
  used_ops: Type.Optional(Type.Integer()),
  issued_at: Type.Number(),
  ttl_ms: Type.Optional(Type.Number()),
  nonce: Type.Integer(),
  last_nonce: Type.Optional(Type.Integer()),
});
export type TokenCase = Static<typeof TokenCase>;

/** One case of a file that `cavern policy test` runs. */
export const PolicyCase = Type.Object({
  id: Type.String(),
  layers: Type.Optional(
    Type.Object({
      builtin: Type.Optional(Type.Array(FixedVerdict)),
      policy: Type.Optional(Type.Unknown({ description: 'A document; null: none could be loaded' })),
      extension: Type.Optional(
        Type.Array(
          Type.Union([
            FixedVerdict,
            Type.Object({ crash: Type.Literal(true) }),
            Type.Object({ hang: Type.Literal(true) }),
          ]),
        ),
      ),
    }),
  ),
  token: Type.Optional(TokenCase),
  call: Type.Object({ ...Type.Partial(PolicyCall).properties, syscall: Type.String() }),
  expect: Type.Record(Type.String(), Type.Unknown()),
});
export type PolicyCase = Static<typeof PolicyCase>;

let validator: ValidateFunction<PolicyCase> | undefined;

export function isPolicyCase(value: unknown): value is PolicyCase {
  validator ??= new Ajv().compile<PolicyCase>(PolicyCase);
  return validator(value);
}
