import Type, { type Static } from 'typebox';
import { area, call } from './contract.ts';

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

/** What the operator chose; every key has a default, an unknown one is an error. */
export const Settings = Type.Object(
  {
    theme: Type.Union([Type.Literal('system'), Type.Literal('light'), Type.Literal('dark')], { default: 'system' }),
    language: Type.Union([Type.Literal('en'), Type.Literal('de')], { default: 'en' }),
    engine: Type.Union([Type.Literal('auto'), Type.Literal('docker'), Type.Literal('podman')], { default: 'auto' }),
    engineSocket: Type.String({ default: '', description: 'Empty: found by itself' }),
    terminalFontSize: Type.Integer({ minimum: 8, maximum: 32, default: 13 }),
    approvalTimeoutMs: Type.Integer({
      minimum: 1000,
      default: 600_000,
      description: 'Nobody answers: denied after this',
    }),
    layout: Type.Record(Type.String(), Type.Unknown(), { default: {}, description: 'Panel layouts by workspace' }),
    recentWorkspaces: Type.Array(Type.String(), { default: [] }),
  },
  { additionalProperties: false },
);
export type Settings = Static<typeof Settings>;

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
    }),
    faults: [],
  }),
  configure: call({
    about: 'Change settings',
    effect: 'write',
    input: Type.Object({ change: Type.Partial(Settings) }),
    output: Settings,
    faults: ['invalid_setting'],
  }),
});
