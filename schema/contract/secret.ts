import Type, { type Static } from 'typebox';
import { SessionId, TimeMs, WorkspacePath } from '../entities.ts';
import { PluginId, Sha256 } from '../plugin-manifest.ts';
import { area, call } from './contract.ts';

export const SecretName = Type.String({ pattern: '^[a-z][a-z0-9_-]{0,31}$', description: 'A secret of the key store' });

/** Whose requests a secret can be put into. */
export const SECRET_ORIGIN = /^https?:\/\/[a-z0-9.-]+(:[0-9]{1,5})?$/;

/** How a sandbox is given a secret. */
export const SecretForm = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('variable'),
      variable: Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,127}$', description: 'Of what is run inside' }),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      kind: Type.Literal('file'),
      file: Type.String({
        pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$',
        description: 'Its name in /run/secrets, which is memory',
      }),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      kind: Type.Literal('header'),
      origin: Type.String({
        pattern: SECRET_ORIGIN.source,
        maxLength: 300,
        description: 'Whose requests the proxy puts it into; the sandbox asks for the same host with http:',
      }),
      header: Type.Optional(
        Type.String({ pattern: '^[A-Za-z][A-Za-z0-9-]{0,63}$', description: 'Authorization if absent' }),
      ),
      scheme: Type.Optional(
        Type.String({
          pattern: '^[A-Za-z0-9-]{1,32}$',
          description: 'In front of it; Bearer for Authorization if absent',
        }),
      ),
      user: Type.Optional(
        Type.String({
          pattern: '^[!-9;-~]{1,128}$',
          description: 'The secret is the password of this user (Basic)',
        }),
      ),
    },
    { additionalProperties: false },
  ),
]);
export type SecretForm = Static<typeof SecretForm>;

/** Who a plugin is, as far as that is proven: whose signature it has, or which package or folder it is. */
export const PluginHolder = Type.Union([
  Type.Object({
    kind: Type.Literal('signed'),
    publisher: Type.String(),
    proof: Type.String({ description: 'The key or identity that the publisher is trusted by' }),
  }),
  Type.Object({ kind: Type.Literal('unsigned'), digest: Sha256 }),
  Type.Object({ kind: Type.Literal('development'), folder: Type.String() }),
]);
export type PluginHolder = Static<typeof PluginHolder>;

/** That a secret is given to a session, to every session of a workspace, or to a plugin there or wherever it is called. */
export const SecretHanding = Type.Object({
  id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,31}$' }),
  name: SecretName,
  session: Type.Optional(SessionId),
  workspace: Type.Optional(WorkspacePath),
  plugin: Type.Optional(PluginId),
  holder: Type.Optional(PluginHolder),
  as: SecretForm,
  at: TimeMs,
});
export type SecretHanding = Static<typeof SecretHanding>;

/** Why a plugin is not given at present what was handed to it. */
export const Withheld = Type.Union(
  [
    Type.Literal('absent'),
    Type.Literal('disabled'),
    Type.Literal('refused'),
    Type.Literal('development', { description: 'A build under development stands in for the plugin' }),
    Type.Literal('another', { description: 'It is not by whom it was handed to' }),
  ],
  { description: 'Why the plugin is not given it at present' },
);
export type Withheld = Static<typeof Withheld>;

export const ListedHanding = Type.Object({
  ...SecretHanding.properties,
  withheld: Type.Optional(Withheld),
});
export type ListedHanding = Static<typeof ListedHanding>;

export const SecretInfo = Type.Object({ name: SecretName, addedAt: TimeMs });
export type SecretInfo = Static<typeof SecretInfo>;

export const secret = area('secret', {
  add: call({
    about: 'Keep a secret in the key store; it is never shown again',
    effect: 'write',
    conceals: ['value'],
    input: Type.Object({
      name: SecretName,
      value: Type.String({
        minLength: 8,
        maxLength: 16_384,
        description: 'At least 8 characters: a shorter one could not be told from other text in what is redacted',
      }),
      replace: Type.Optional(Type.Boolean({ description: 'Of one that is there' })),
    }),
    output: SecretInfo,
    faults: ['secret_exists', 'keystore_unavailable'],
  }),
  list: call({
    about: 'List the names of the secrets, and who is given them',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: Type.Object({ secrets: Type.Array(SecretInfo), handings: Type.Array(ListedHanding) }),
    faults: [],
  }),
  remove: call({
    about: 'Remove a secret, and take it back wherever it was handed in',
    effect: 'write',
    irreversible: true,
    always: true,
    input: Type.Object({ name: SecretName }),
    output: Type.Object({ removed: Type.Boolean() }),
    faults: [],
  }),
  hand: call({
    about: 'Hand a secret to a session, to every session of a workspace, or to a plugin',
    effect: 'grant',
    input: Type.Object({
      name: SecretName,
      session: Type.Optional(SessionId),
      workspace: Type.Optional(WorkspacePath),
      plugin: Type.Optional(PluginId),
      as: SecretForm,
    }),
    output: SecretHanding,
    faults: ['secret_unknown', 'secret_unfit', 'workspace_invalid', 'plugin_unknown'],
  }),
  withdraw: call({
    about: 'Take a secret back that was handed in; what runs already keeps its variables',
    effect: 'write',
    always: true,
    input: Type.Object({ id: SecretHanding.properties.id }),
    output: Type.Object({ withdrawn: Type.Boolean() }),
    faults: [],
  }),
});
