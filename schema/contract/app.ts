import Type, { type Static } from 'typebox';
import { area, call, stream } from './contract.ts';

export const Check = Type.Object({
  name: Type.String(),
  ok: Type.Boolean(),
  message: Type.String(),
  fix: Type.Union([Type.String(), Type.Null()]),
});
export type Check = Static<typeof Check>;

export const Doctor = Type.Object({
  ok: Type.Boolean(),
  node: Type.String(),
  electron: Type.Union([Type.String(), Type.Null()]),
  engine: Type.Union([
    Type.Object({ kind: Type.String(), version: Type.String(), socket: Type.String() }),
    Type.Null(),
  ]),
  image: Type.Object({ ready: Type.Boolean(), name: Type.String() }),
  workspaceStrategy: Type.String(),
  diskLimit: Type.String(),
  keystore: Type.String(),
  checks: Type.Array(Check),
});
export type Doctor = Static<typeof Doctor>;

/** What the check of the content store found. */
export const Fsck = Type.Object({
  ok: Type.Boolean(),
  contents: Type.Integer({ description: 'Large contents, each in a file of its own' }),
  references: Type.Integer({ description: 'How often sessions refer to them' }),
  unreferenced: Type.Integer({ description: 'How many nobody refers to; the next start removes them' }),
  recovered: Type.Integer({
    description: 'How many only a repair of the database keeps, as they may have lost their owners',
  }),
  packs: Type.Integer(),
  packed: Type.Integer({ description: 'Small contents, in packs' }),
  problems: Type.Array(
    Type.Object({
      content: Type.String({ description: 'A SHA-256, or the path of a pack' }),
      problem: Type.String(),
      owners: Type.Array(Type.String(), { description: 'The sessions that refer to it' }),
    }),
  ),
});
export type Fsck = Static<typeof Fsck>;

/** When a merge may go through without a person. The policy is asked all the same, and its denial stays one. */
export const AutomaticMergeSettings = Type.Object(
  {
    enabled: Type.Boolean(),
    maxFiles: Type.Integer({ minimum: 0 }),
    maxLines: Type.Integer({ minimum: 0 }),
    sensitivePaths: Type.Array(Type.String({ minLength: 1, maxLength: 1024 }), { description: 'Globs' }),
  },
  { additionalProperties: false },
);
export type AutomaticMergeSettings = Static<typeof AutomaticMergeSettings>;

/** How long and how much of the audit chain is kept. What is cut off goes to an archive; archives go only at the limit. */
export const RetentionSettings = Type.Object(
  {
    auditDays: Type.Integer({ minimum: 1, description: 'Older records go to an archive' }),
    auditLimitMiB: Type.Integer({ minimum: 64, description: 'What the chain and its archives may take together' }),
    sessionDays: Type.Integer({ minimum: 1, description: 'A session that was not touched for so long is archived' }),
  },
  { additionalProperties: false },
);
export type RetentionSettings = Static<typeof RetentionSettings>;

const PemFile = (description: string) => Type.String({ maxLength: 4096, description });

/** Where HTTP and MCP are served, and with what over TLS: absolute paths of PEM files. Read whenever they are served anew. */
export const GatewaySettings = Type.Object(
  {
    address: Type.String({
      maxLength: 64,
      description: 'Empty: 127.0.0.1. One that other machines reach is served over TLS only',
    }),
    certificate: PemFile('With those between it and its authority; empty: without TLS'),
    privateKey: PemFile('Of that certificate'),
    clientAuthorities: PemFile('Only clients that these vouch for may connect; empty: any with an API key'),
  },
  { additionalProperties: false },
);
export type GatewaySettings = Static<typeof GatewaySettings>;

/** Where newer versions of the program are looked for. Nothing is looked for without all three. */
export const UpdateSettings = Type.Object(
  {
    enabled: Type.Boolean({ description: 'Look for newer versions when asked to' }),
    address: Type.String({
      maxLength: 1000,
      pattern: '^(https://.*)?$',
      description: 'The folder of the feed, https only: latest-linux.yml and its signature lie in it',
    }),
    publisherKey: Type.String({
      maxLength: 200,
      description: 'The publisher’s Ed25519 public key, Base64 (SPKI): a feed that it did not sign is refused',
    }),
  },
  { additionalProperties: false },
);
export type UpdateSettings = Static<typeof UpdateSettings>;

/** What the operator chose; an unknown key is an error. Defaults are apart: a change must not bring them along. */
export const Settings = Type.Object(
  {
    theme: Type.Union([
      Type.Literal('system'),
      Type.Literal('light'),
      Type.Literal('dark'),
      Type.Literal('contrast', { description: 'High contrast, light or dark like the system' }),
    ]),
    textSize: Type.Integer({ minimum: 11, maximum: 18, description: 'Text of the window, in pixels' }),
    language: Type.String({
      pattern: '^(system|[a-z]{2,3}(-[A-Z]{2})?)$',
      description: 'Of the window: system, or a tag such as de; one that the window does not have is English',
    }),
    engine: Type.Union([Type.Literal('auto'), Type.Literal('docker'), Type.Literal('podman')]),
    engineSocket: Type.String({ description: 'Empty: found by itself' }),
    editor: Type.String({
      maxLength: 1000,
      description: 'The program that opens files for you, with a window of its own; words apart by spaces',
    }),
    terminalFontSize: Type.Integer({ minimum: 8, maximum: 32, description: 'Text of terminals, in pixels' }),
    terminalFontFamily: Type.String({ maxLength: 200, description: 'Before the fonts that terminals use otherwise' }),
    terminalLigatures: Type.Boolean({ description: 'Draw -> and the like as one sign, where the font has one' }),
    terminalScrollback: Type.Integer({
      minimum: 0,
      maximum: 100_000,
      description: 'Lines kept beside the screen; each takes some 1 KB, in the window and in the kernel',
    }),
    terminalImages: Type.Boolean({
      description: 'Show the pictures that programs print (sixel, and as iTerm2 has it)',
    }),
    terminalBell: Type.Union([Type.Literal('flash'), Type.Literal('none')], {
      description: 'What is seen when a program rings: a frame around its terminal, or nothing',
    }),
    terminalMiddleClick: Type.Union([Type.Literal('paste'), Type.Literal('none')], {
      description: 'What the middle button does in a terminal',
    }),
    sandboxPoolMiB: Type.Integer({
      minimum: 0,
      maximum: 65_536,
      description: 'Memory for sandboxes that are started ahead of sessions; 0 starts none ahead',
    }),
    pluginIdleMinutes: Type.Integer({
      minimum: 0,
      maximum: 10_080,
      description: 'A plugin’s own sandbox ends after so long without a call; 0 keeps it as long as its session',
    }),
    teamPlugins: Type.String({
      maxLength: 4096,
      description:
        'The folder of plugins that your team keeps, an absolute path; it is looked into when Plugins is opened',
    }),
    hiddenFiles: Type.Array(Type.String({ minLength: 1, maxLength: 1024 }), {
      maxItems: 1000,
      description: 'Globs of files that no sandbox shall see, beside those that Cavern hides by itself',
    }),
    approvalTimeoutMs: Type.Integer({ minimum: 1000, description: 'Nobody answers: denied after this' }),
    tasksAtOnce: Type.Integer({
      minimum: 0,
      maximum: 256,
      description: 'Tasks that may run at once; 0: as many as processors, at least 4. Counts from the next start',
    }),
    shortcuts: Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 40 }), {
      description: 'Keys of commands that were chosen instead of the usual ones; an empty text takes them away',
    }),
    layout: Type.Record(Type.String(), Type.Unknown(), { description: 'Panel layouts by workspace' }),
    recentWorkspaces: Type.Array(Type.String(), { maxItems: 20 }),
    automaticMerge: AutomaticMergeSettings,
    retention: RetentionSettings,
    gateway: GatewaySettings,
    allowUnsignedPlugins: Type.Boolean({ description: 'Plugins without signature and SBOM may be installed' }),
    notifications: Type.Union([Type.Literal('off'), Type.Literal('brief'), Type.Literal('full')], {
      description: 'What the desktop is told of questions while the window is out of sight; secrets are never in it',
    }),
    tray: Type.Boolean({ description: 'An icon in the tray with what waits, where the desktop has one' }),
    updates: UpdateSettings,
  },
  { additionalProperties: false },
);
export type Settings = Static<typeof Settings>;

export const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  textSize: 13,
  language: 'system',
  engine: 'auto',
  engineSocket: '',
  editor: '',
  terminalFontSize: 13,
  terminalFontFamily: '',
  terminalLigatures: false,
  terminalScrollback: 10_000,
  terminalImages: true,
  terminalBell: 'flash',
  terminalMiddleClick: 'paste',
  sandboxPoolMiB: 256,
  pluginIdleMinutes: 10,
  teamPlugins: '',
  hiddenFiles: [],
  approvalTimeoutMs: 600_000,
  tasksAtOnce: 0,
  shortcuts: {},
  layout: {},
  recentWorkspaces: [],
  allowUnsignedPlugins: false,
  notifications: 'brief',
  tray: true,
  updates: { enabled: false, address: '', publisherKey: '' },
  retention: { auditDays: 90, auditLimitMiB: 4096, sessionDays: 30 },
  gateway: { address: '', certificate: '', privateKey: '', clientAuthorities: '' },
  automaticMerge: {
    enabled: false,
    maxFiles: 20,
    maxLines: 400,
    sensitivePaths: [
      '**/{package,composer}.json',
      '**/{pyproject,Cargo,Pipfile}.toml',
      '**/{setup.py,build.rs,go.mod,Gemfile,pom.xml,Makefile}',
      '**/build.gradle{,.kts}',
      '**/{package-lock.json,npm-shrinkwrap.json,pnpm-lock.yaml,yarn.lock,bun.lock,bun.lockb}',
      '**/{poetry.lock,uv.lock,Cargo.lock,go.sum,Gemfile.lock,requirements*.txt}',
      '{.github,.gitlab,.circleci,.buildkite,.ci,.devcontainer,.cavern}/**',
      '**/{.gitlab-ci.yml,Jenkinsfile,azure-pipelines.yml}',
      '**/{Dockerfile*,Containerfile*,compose*.yml,compose*.yaml,docker-compose*.yml,docker-compose*.yaml}',
      '**/{.gitattributes,.gitmodules,.pre-commit-config.yaml,lefthook.yml,.npmrc,.yarnrc*,.envrc}',
      '**/{.husky,.vscode,.idea}/**',
      '**/{.env,.env.*,*.pem,*.key,id_rsa,id_ecdsa,id_ed25519}',
      'cave.yaml',
      'policy.yaml',
    ],
  },
};

/** Whose word a setting is: Cavern's, the operator's, or a variable's that the kernel was started with. */
export const SettingSource = Type.Union([Type.Literal('default'), Type.Literal('user'), Type.Literal('environment')]);
export type SettingSource = Static<typeof SettingSource>;

export const app = area('app', {
  version: call({
    about: 'Show the versions of the kernel and of what it runs on',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: Type.Object({
      cavern: Type.String(),
      node: Type.String(),
      electron: Type.Union([Type.String(), Type.Null()]),
      pid: Type.Integer(),
      home: Type.String(),
    }),
    faults: [],
  }),
  doctor: call({
    about: 'Check everything a session needs, each failure with its remedy',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: Doctor,
    faults: [],
  }),
  fsck: call({
    about: 'Check the content store: everything is read, and compared with what refers to it',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: Fsck,
    faults: [],
  }),
  settings: call({
    about: 'Read the settings',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: Type.Object({
      settings: Settings,
      problem: Type.Union([Type.String(), Type.Null()], {
        description: 'Why the settings file was set aside, if it was',
      }),
      sources: Type.Optional(
        Type.Record(Type.String(), SettingSource, { description: 'Where the value of each setting comes from' }),
      ),
    }),
    faults: [],
  }),
  watch: stream({
    about: 'Follow the settings; the first event comes at once',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    event: Type.Object({ settings: Settings }),
    faults: [],
  }),
  arrange: call({
    about: 'Remember how the panels of a workspace are laid out, and that it was open',
    effect: 'write',
    // Moving a panel is no act that anybody would look for in the audit log.
    record: 'parent',
    input: Type.Object({
      workspace: Type.String({ minLength: 1, maxLength: 4096 }),
      layout: Type.Optional(Type.Unknown()),
    }),
    output: Settings,
    faults: [],
  }),
  configure: call({
    about: 'Change settings',
    effect: 'write',
    input: Type.Object({ change: Type.Partial(Settings, { additionalProperties: false }) }),
    output: Settings,
    faults: ['invalid_setting'],
  }),
});
