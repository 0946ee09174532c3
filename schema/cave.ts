import Type, { type Static } from 'typebox';
import { ProfileName } from './entities.ts';
import { Size, Time } from './profile.ts';

const CAVE_NAME = '^[a-z][a-z0-9-]{0,62}$';
export const CaveName = Type.String({ pattern: CAVE_NAME, description: 'A sandbox of cave.yaml' });

const strict = { additionalProperties: false } as const;

/** One sandbox of a workspace. It tightens what its profile gives and never widens it. */
const CaveSandbox = Type.Object(
  {
    profile: Type.Optional(ProfileName),
    image: Type.Optional(
      Type.String({ minLength: 1, maxLength: 255, description: 'In place of a profile: one that a profile uses' }),
    ),
    start: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 4096 }), {
        minItems: 1,
        maxItems: 256,
        description: 'Run in a terminal of its own as soon as the sandbox is ready; words, not a shell line',
      }),
    ),
    cpus: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1024 })),
    memory: Type.Optional(Size('Of all processes and temporary files together')),
    timeout: Type.Optional(Time('The sandbox is ended after this')),
    idle: Type.Optional(Time('The sandbox is ended when nothing used it for this long')),
    disk: Type.Optional(Size('What may be written in all')),
    network: Type.Optional(Type.Union([Type.Literal('none'), Type.Literal('restricted')])),
    groups: Type.Optional(
      Type.Array(Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}$' }), {
        uniqueItems: true,
        description: "Only these of the policy's groups of hosts",
      }),
    ),
    env: Type.Optional(
      Type.Unsafe<Record<string, string>>({
        type: 'object',
        propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]{0,127}$' },
        additionalProperties: { type: 'string', maxLength: 4096 },
      }),
    ),
    labels: Type.Optional(
      Type.Unsafe<Record<string, string>>({
        type: 'object',
        propertyNames: { pattern: '^[a-z][a-z0-9._-]{0,62}$' },
        additionalProperties: { type: 'string', maxLength: 255 },
      }),
    ),
  },
  strict,
);

/** `cave.yaml` in the root of a workspace: the sandboxes that its people use. */
export const CaveDocument = Type.Object(
  {
    version: Type.Literal(1),
    sandboxes: Type.Unsafe<Record<string, Static<typeof CaveSandbox>>>({
      type: 'object',
      propertyNames: { pattern: CAVE_NAME },
      additionalProperties: CaveSandbox,
    }),
  },
  { ...strict, $id: 'cave', title: 'Sandboxes of a workspace, version 1' },
);
export type CaveDocument = Static<typeof CaveDocument>;
