import Type, { type Static } from 'typebox';
import { DurationMs, TimeMs } from '../entities.ts';
import { KEY_SCOPE_PATTERN, NAMESPACE_PATTERN } from '../key-scope.ts';
import { area, call, stream } from './contract.ts';

export const KeyId = Type.Unsafe<string & { readonly __brand: 'key' }>({
  type: 'string',
  pattern: '^[a-z0-9]{8}$',
  description: 'The 8 characters that name a key everywhere',
  examples: ['k3v9xw2m'],
});
export type KeyId = Static<typeof KeyId>;

export const NamespaceName = Type.String({
  pattern: `^${NAMESPACE_PATTERN}$`,
  description: 'A namespace of sandboxes',
  examples: ['ci'],
});

export const KeyScopeText = Type.String({
  pattern: KEY_SCOPE_PATTERN,
  description: '`admin`, `namespace:<name>`, `session:<id>` or `model:<name>`',
  examples: ['namespace:ci'],
});

const KeyOwner = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9 ._@-]{0,63}$',
  description: 'Who or what it is for, as the operator calls them',
  examples: ['nightly build'],
});

export const KeyState = Type.Union([
  Type.Literal('active'),
  Type.Literal('expired'),
  Type.Literal('rotated', { description: 'Another key took its place' }),
  Type.Literal('revoked'),
]);
export type KeyState = Static<typeof KeyState>;

const keyFields = {
  id: KeyId,
  prefix: Type.String({ pattern: '^cav_[a-z0-9]{8}$', description: 'How its token begins' }),
  scope: KeyScopeText,
  owner: KeyOwner,
  state: KeyState,
  issuedAt: TimeMs,
  expiresAt: TimeMs,
  rotatesAt: Type.Optional(
    Type.Integer({
      minimum: 0,
      description: 'Since when its next use over HTTP rotates it; milliseconds since 1970 UTC',
    }),
  ),
  lastUsedAt: Type.Optional(TimeMs),
  endedAt: Type.Optional(
    Type.Integer({ minimum: 0, description: 'When it was rotated or revoked; milliseconds since 1970 UTC' }),
  ),
  previous: Type.Optional(KeyId),
  notice: Type.Optional(
    Type.Union([Type.Literal('waiting'), Type.Literal('failed')], {
      description: 'What has become of telling the webhook of its rotation; absent: nothing is left to do',
    }),
  ),
};

const KEY_EXAMPLE = {
  id: 'k3v9xw2m',
  prefix: 'cav_k3v9xw2m',
  scope: 'namespace:ci',
  owner: 'nightly build',
  state: 'active',
  issuedAt: 1_790_000_000_000,
  expiresAt: 1_792_592_000_000,
  rotatesAt: 1_790_604_800_000,
};

/** A key, without its secret. */
export const Key = Type.Object(keyFields, { examples: [KEY_EXAMPLE] });
export type Key = Static<typeof Key>;

/** A key with its token, which is shown this once. */
export const IssuedKey = Type.Object(
  {
    ...keyFields,
    token: Type.String({
      pattern: '^cav_[a-z0-9]{8}_[A-Za-z0-9]{48}$',
      description: 'Shown this once; only its SHA-256 is kept',
    }),
  },
  { examples: [{ ...KEY_EXAMPLE, token: `cav_k3v9xw2m_${'x'.repeat(48)}` }] },
);
export type IssuedKey = Static<typeof IssuedKey>;

/** Where rotations are told. */
export const KeyWebhook = Type.Object(
  {
    url: Type.Union([Type.String(), Type.Null()], { description: 'Null: nothing is told' }),
    hasSecret: Type.Boolean({ description: 'Without one nothing can be signed, and no key can be rotated' }),
    waiting: Type.Integer({ minimum: 0, description: 'Rotations that are still to be told' }),
    failed: Type.Integer({ minimum: 0, description: 'Rotations that could not be told within a day' }),
    lastProblem: Type.Optional(Type.String({ description: 'Why the last attempt came to nothing' })),
  },
  { examples: [{ url: 'https://ops.example.com/cavern', hasSecret: true, waiting: 0, failed: 0 }] },
);
export type KeyWebhook = Static<typeof KeyWebhook>;

export const KeyPicture = Type.Object({ keys: Type.Array(Key), webhook: KeyWebhook });
export type KeyPicture = Static<typeof KeyPicture>;

const one = Type.Object({ id: KeyId });

export const key = area('key', {
  issue: call({
    about: 'Issue an API key; its token is shown this once',
    effect: 'grant',
    http: { method: 'POST', path: '/keys', status: 201 },
    reveals: ['token'],
    input: Type.Object(
      {
        scope: KeyScopeText,
        owner: Type.Optional(KeyOwner),
        ttlMs: Type.Optional(
          Type.Integer({
            minimum: 1000,
            description: 'How long it lives, in milliseconds; at most as long as its scope allows',
          }),
        ),
      },
      { examples: [{ scope: 'namespace:ci', owner: 'nightly build' }] },
    ),
    output: IssuedKey,
    faults: ['limit_reached', 'storage_failed'],
  }),
  list: call({
    about: 'List the API keys, without their secrets',
    effect: 'read',
    http: { method: 'GET', path: '/keys' },
    always: true,
    input: Type.Object({}),
    output: KeyPicture,
    faults: [],
  }),
  watch: stream({
    about: 'Follow the API keys; the first event comes at once',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    event: KeyPicture,
    faults: [],
  }),
  rotate: call({
    about: 'Give a key a new token; the old one ends at once',
    effect: 'grant',
    irreversible: true,
    http: { method: 'POST', path: '/keys/{id}/rotate' },
    reveals: ['token'],
    input: one,
    output: IssuedKey,
    faults: ['webhook_without_secret', 'keystore_unavailable', 'storage_failed'],
  }),
  revoke: call({
    about: 'End an API key at once',
    effect: 'write',
    irreversible: true,
    http: { method: 'DELETE', path: '/keys/{id}' },
    always: true,
    input: one,
    output: Key,
    faults: ['storage_failed'],
  }),
  configureWebhook: call({
    about: 'Set where rotations of keys are told, and the secret that signs it',
    effect: 'write',
    conceals: ['secret'],
    input: Type.Object(
      {
        url: Type.Union([Type.String({ minLength: 1, maxLength: 2048 }), Type.Null()], {
          description: 'https:, or http: on this machine; null ends it',
        }),
        secret: Type.Optional(
          Type.String({
            minLength: 16,
            maxLength: 256,
            description: 'Kept in the key store; absent: the one that is there',
          }),
        ),
      },
      { examples: [{ url: 'https://ops.example.com/cavern', secret: 'a-secret-of-at-least-16' }] },
    ),
    output: KeyWebhook,
    faults: ['webhook_invalid', 'keystore_unavailable', 'storage_failed'],
  }),
  limits: call({
    about: 'Tell how long keys of each kind live and how many requests a minute they may make',
    effect: 'read',
    keys: 'any',
    http: { method: 'GET', path: '/keys/limits' },
    always: true,
    input: Type.Object({}),
    output: Type.Object({
      kinds: Type.Array(
        Type.Object({
          kind: Type.Union([
            Type.Literal('admin'),
            Type.Literal('namespace'),
            Type.Literal('session'),
            Type.Literal('model'),
          ]),
          lifetimeMs: DurationMs,
          rotatesAfterMs: Type.Optional(DurationMs),
          requestsPerMinute: Type.Integer({ minimum: 1 }),
        }),
      ),
    }),
    faults: [],
  }),
});
