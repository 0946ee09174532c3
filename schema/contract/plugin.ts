import Type, { type Static } from 'typebox';
import { SessionId, TimeMs } from '../entities.ts';
import { PluginCapability, PluginId, Sha256 } from '../plugin-manifest.ts';
import { area, call, stream } from './contract.ts';
import { SecretName } from './secret.ts';

export const PluginState = Type.Union([
  Type.Literal('registered'),
  Type.Literal('active'),
  Type.Literal('disabled'),
  Type.Literal('refused'),
]);

export const PluginSummary = Type.Object({
  id: Type.String(),
  version: Type.String(),
  displayName: Type.String(),
  description: Type.String(),
  publisher: Type.String(),
  digest: Type.String(),
  state: PluginState,
  reason: Type.Optional(Type.String()),
  tags: Type.Array(Type.String()),
  tools: Type.Array(Type.String()),
  origin: Type.Optional(
    Type.Union([Type.Literal('core'), Type.Literal('installed')], { description: 'Came along, or was installed' }),
  ),
  signer: Type.Optional(Type.String({ description: 'The trusted publisher whose key signed it' })),
  mayDo: Type.Optional(Type.Array(Type.String(), { description: 'What it may ask for, in sentences' })),
  configurable: Type.Optional(Type.Boolean({ description: 'It has settings' })),
  development: Type.Optional(Type.String({ description: 'The folder in which its author is at work on it' })),
});
export type PluginSummary = Static<typeof PluginSummary>;

/** Something that a plugin brings along, by its SBOM. */
export const PluginComponent = Type.Object({
  name: Type.String(),
  version: Type.Optional(Type.String()),
  license: Type.Optional(Type.String()),
});
export type PluginComponent = Static<typeof PluginComponent>;

/** Where a version stands to the one that is installed, by the precedence of Semantic Versioning. */
export const VersionStep = Type.Union([Type.Literal('newer'), Type.Literal('same'), Type.Literal('older')]);
export type VersionStep = Static<typeof VersionStep>;

/** What there is to know of a package before it is installed. */
export const PluginInspection = Type.Object({
  id: PluginId,
  version: Type.String(),
  displayName: Type.String(),
  description: Type.String(),
  publisher: Type.String(),
  license: Type.String(),
  digest: Sha256,
  signer: Type.Union([Type.String(), Type.Null()], { description: 'Null: unsigned, which the settings allow' }),
  installed: Type.Union([Type.String(), Type.Null()], { description: 'The version that it would take the place of' }),
  replaces: Type.Union([Sha256, Type.Null()], { description: 'The digest of what is installed' }),
  step: Type.Union([VersionStep, Type.Null()], { description: 'From the installed version to this one' }),
  capabilities: Type.Array(PluginCapability),
  mayDo: Type.Array(Type.String(), { description: 'What it may ask for, in sentences' }),
  added: Type.Array(Type.String(), {
    description: 'Of an update: what was not agreed to with the installed version, in sentences; who made it first',
  }),
  kept: Type.Array(Type.String(), { description: 'Of an update: what was agreed to before, in sentences' }),
  start: Type.Optional(
    Type.Object(
      { command: Type.Array(Type.String()), env: Type.Record(Type.String(), Type.String()) },
      { description: 'How an MCP server is started; ${settings.NAME} is yours to set' },
    ),
  ),
  needsConsent: Type.Boolean({ description: 'It asks for something that nobody has agreed to yet' }),
  tools: Type.Array(
    Type.Object({ name: Type.String(), description: Type.String(), effects: Type.Array(Type.String()) }),
  ),
  components: Type.Array(PluginComponent, { description: 'Of its SBOM' }),
  contents: Type.Array(Type.Object({ path: Type.String(), sizeBytes: Type.Integer() }), {
    description: 'Its files beside plugin.json, by path',
  }),
  files: Type.Integer(),
  sizeBytes: Type.Integer(),
});
export type PluginInspection = Static<typeof PluginInspection>;

/** What the operator agreed to: these capabilities, of exactly this package, in the place of what was shown to them. */
export const PluginConsent = Type.Object(
  {
    digest: Sha256,
    capabilities: Type.Array(PluginCapability),
    replaces: Type.Optional(
      Type.Union([Sha256, Type.Null()], {
        description: 'As the inspection has it; where something else is installed by now, the consent does not count',
      }),
    ),
  },
  { additionalProperties: false },
);
export type PluginConsent = Static<typeof PluginConsent>;

export const PublisherName = Type.String({
  minLength: 1,
  maxLength: 200,
  description: "A publisher, as its plugins' manifests name it",
});

const PublicKey = Type.String({
  pattern: '^MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=$',
  description: 'Ed25519, Base64 of its SubjectPublicKeyInfo (RFC 8410)',
});

/** Who signs through Sigstore, as the certificate says it; both are compared letter by letter. */
export const SigstoreIdentity = Type.Object(
  {
    issuer: Type.String({ pattern: '^https://[!-~]+$', maxLength: 500, description: 'Who vouched for the identity' }),
    subject: Type.String({
      pattern: '^[!-~]+$',
      maxLength: 1000,
      description: 'An e-mail address, or the address of a workflow',
    }),
  },
  { additionalProperties: false },
);
export type SigstoreIdentity = Static<typeof SigstoreIdentity>;

/** A publisher whose plugins are trusted: by a key of their own, or by who they are to Sigstore. */
export const Publisher = Type.Object({
  name: PublisherName,
  publicKey: Type.Optional(PublicKey),
  identity: Type.Optional(SigstoreIdentity),
  trustedAt: Type.Optional(Type.Integer({ minimum: 0, description: 'Of one that the operator added' })),
  byPolicy: Type.Optional(Type.Boolean({ description: 'The policy trusts it; only there the trust can be ended' })),
});
export type Publisher = Static<typeof Publisher>;

/** A plugin in a team's folder. */
export const PluginOffer = Type.Object({
  id: Type.String(),
  version: Type.String(),
  file: Type.String({ description: 'The absolute path of the package' }),
  pin: Sha256,
  state: Type.Union(
    [
      Type.Literal('available'),
      Type.Literal('installed'),
      Type.Literal('update'),
      Type.Literal('older'),
      Type.Literal('changed'),
    ],
    { description: 'What it is to the version that is installed here; changed: the same version in another archive' },
  ),
  installed: Type.Union([Type.String(), Type.Null()], { description: 'The version that is installed' }),
});
export type PluginOffer = Static<typeof PluginOffer>;

const PluginValues = Type.Record(Type.String(), Type.Unknown());

/** A line that a plugin wrote. */
export const PluginLogLine = Type.Object({
  seq: Type.Integer({ description: 'Grows from line to line, over all plugins' }),
  at: TimeMs,
  session: SessionId,
  stream: Type.Union([Type.Literal('stdout'), Type.Literal('stderr')]),
  text: Type.String({ description: 'What the SDK logs is JSON: level, message and fields' }),
});
export type PluginLogLine = Static<typeof PluginLogLine>;

const packageInput = {
  source: Type.String({ minLength: 1, maxLength: 4096, description: 'The absolute path of a folder or a .tgz' }),
  pin: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 that the .tgz must have' })),
};
const REFUSALS = ['plugin_refused', 'unreadable', 'storage_failed'] as const;

export const plugin = area('plugin', {
  list: call({
    about: 'List the plugins with their state and, where refused, why',
    effect: 'read',
    http: { method: 'GET', path: '/plugins' },
    always: true,
    input: Type.Object({}),
    output: Type.Object({ plugins: Type.Array(PluginSummary) }),
    faults: [],
  }),
  check: call({
    about: 'Check a plugin folder against the manifest schema; nothing is installed',
    effect: 'read',
    input: Type.Object({ dir: Type.String({ minLength: 1 }) }),
    output: Type.Object({
      ok: Type.Boolean(),
      id: Type.Union([Type.String(), Type.Null()]),
      errors: Type.Array(Type.Object({ code: Type.String(), message: Type.String(), path: Type.String() })),
    }),
    faults: [],
  }),
  inspect: call({
    about: 'Verify a package and show what it may do, who signed it and what is in it; nothing is installed',
    effect: 'read',
    input: Type.Object(packageInput),
    output: PluginInspection,
    faults: REFUSALS,
  }),
  install: call({
    about: 'Install a plugin from a folder or a .tgz, or update it; what it asks for needs consent',
    effect: 'grant',
    http: { method: 'POST', path: '/plugins', status: 201 },
    records: { before: 'plugin_intended', after: 'plugin_installed' },
    input: Type.Object({ ...packageInput, consent: Type.Optional(PluginConsent) }),
    output: Type.Object({ plugin: PluginSummary }),
    faults: [...REFUSALS, 'consent_needed'],
  }),
  develop: stream({
    about: 'Hold a development open: what is reloaded into it is offered until this ends',
    effect: 'write',
    input: Type.Object({
      folder: Type.String({
        minLength: 1,
        maxLength: 4096,
        description: "The absolute path of the plugin's sources; nobody but the operator may write there",
      }),
    }),
    event: Type.Object({ development: Type.String() }),
    faults: ['not_own_folder', 'unreadable'],
  }),
  reload: call({
    about: 'Offer a plugin under development as it was built now; what it gets beyond the last consent needs a new one',
    effect: 'grant',
    records: { before: 'plugin_intended', after: 'plugin_installed' },
    input: Type.Object({
      development: Type.String({ minLength: 1, maxLength: 64 }),
      source: packageInput.source,
      consent: Type.Optional(PluginConsent),
    }),
    output: Type.Object({ plugin: PluginSummary }),
    faults: [...REFUSALS, 'consent_needed', 'development_unknown'],
  }),
  remove: call({
    about: 'Remove an installed plugin and all that is kept of it',
    effect: 'grant',
    irreversible: true,
    http: { method: 'DELETE', path: '/plugins/{id}' },
    records: { before: 'plugin_intended', after: 'plugin_removed' },
    input: Type.Object({ id: PluginId }),
    output: Type.Object({
      removed: Type.String({ description: 'Its version' }),
      secrets: Type.Array(SecretName, { description: 'Those that it was handed, which are taken back' }),
    }),
    faults: ['plugin_unknown', 'storage_failed'],
  }),
  enable: call({
    about: 'Offer the tools of a disabled plugin again',
    effect: 'grant',
    http: { method: 'POST', path: '/plugins/{id}/enable' },
    records: { before: 'plugin_intended', after: 'plugin_enabled' },
    input: Type.Object({ id: PluginId }),
    output: Type.Object({ plugin: PluginSummary }),
    faults: ['plugin_unknown', 'storage_failed'],
  }),
  disable: call({
    about: 'Take the tools of an installed plugin away; it stays on the disk',
    effect: 'write',
    http: { method: 'POST', path: '/plugins/{id}/disable' },
    records: { before: 'plugin_intended', after: 'plugin_disabled' },
    input: Type.Object({ id: PluginId }),
    output: Type.Object({ plugin: PluginSummary }),
    faults: ['plugin_unknown', 'storage_failed'],
  }),
  settings: call({
    about: 'Show the settings of a plugin, with their schema',
    effect: 'read',
    always: true,
    input: Type.Object({ id: PluginId }),
    output: Type.Object({ schema: Type.Record(Type.String(), Type.Unknown()), values: PluginValues }),
    faults: ['plugin_unknown', 'schema_too_costly'],
  }),
  configure: call({
    about: 'Set the settings of a plugin; they count from its next call',
    effect: 'write',
    input: Type.Object({ id: PluginId, values: PluginValues }),
    output: Type.Object({ values: PluginValues }),
    faults: ['plugin_unknown', 'invalid_setting', 'schema_too_costly', 'storage_failed'],
  }),
  log: call({
    about: 'Show what a plugin wrote since this start of the kernel, the newest last',
    effect: 'read',
    always: true,
    input: Type.Object({
      id: PluginId,
      after: Type.Optional(Type.Integer({ minimum: 0, description: 'Only lines with a higher number' })),
    }),
    output: Type.Object({ lines: Type.Array(PluginLogLine) }),
    faults: [],
  }),
  publishers: call({
    about: 'List the publishers whose signatures are trusted',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: Type.Object({ publishers: Type.Array(Publisher) }),
    faults: [],
  }),
  trust: call({
    about: 'Trust what a publisher signs with an Ed25519 key, or as an identity through Sigstore',
    effect: 'grant',
    input: Type.Object({
      name: PublisherName,
      publicKey: Type.Optional(PublicKey),
      identity: Type.Optional(SigstoreIdentity),
    }),
    output: Type.Object({ publisher: Publisher }),
    faults: ['publisher_known', 'set_by_policy', 'invalid_key', 'storage_failed'],
  }),
  distrust: call({
    about: 'Trust a publisher no longer; its plugins are refused from now on',
    effect: 'write',
    always: true,
    input: Type.Object({ name: PublisherName }),
    output: Type.Object({ refused: Type.Array(Type.String(), { description: 'The plugins that it had signed' }) }),
    faults: ['publisher_unknown', 'set_by_policy', 'storage_failed'],
  }),
  offers: call({
    about: "List what a team's folder of plugins offers, by its index.json",
    effect: 'read',
    input: Type.Object({ folder: Type.String({ minLength: 1, maxLength: 4096, description: 'An absolute path' }) }),
    output: Type.Object({ offers: Type.Array(PluginOffer) }),
    faults: ['invalid_index', 'unreadable'],
  }),
});
