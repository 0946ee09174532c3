import Type, { type Static } from 'typebox';

/** A failure, as HTTP carries it. */
export const HttpFault = Type.Object({
  error: Type.String({ description: 'The code: what a program looks at', examples: ['not_found'] }),
  message: Type.String({ description: 'What happened, for a person' }),
  why: Type.Optional(Type.String({ description: 'Why it happened' })),
  fix: Type.Optional(Type.String({ description: 'What to do about it' })),
  errors: Type.Optional(
    Type.Array(
      Type.Object({
        pointer: Type.String({ description: 'A JSON pointer (RFC 6901) to the mistake; empty for the whole' }),
        message: Type.String(),
      }),
      { description: 'Of input that is not what the call takes' },
    ),
  ),
  decision: Type.Optional(
    Type.Unknown({ description: 'What the policy decided, where it is why: the rule and its reasons' }),
  ),
});
export type HttpFault = Static<typeof HttpFault>;

/** A key that asks too often; nothing else has this form (spec: gateway.md, Keys). */
export const RateLimitExceeded = Type.Object({
  error: Type.Literal('rate_limit_exceeded'),
  category: Type.Union([
    Type.Literal('admin'),
    Type.Literal('namespace'),
    Type.Literal('session'),
    Type.Literal('model'),
  ]),
  limit: Type.Integer({ minimum: 1, examples: [100] }),
  window_seconds: Type.Integer({ minimum: 1, examples: [60] }),
  retry_after_seconds: Type.Integer({ minimum: 1, examples: [12] }),
});
