import Type, { type Static } from 'typebox';
import { area, call } from './contract.ts';

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
});
export type PluginSummary = Static<typeof PluginSummary>;

export const plugin = area('plugin', {
  list: call({
    about: 'List the plugins with their state and, where refused, why',
    effect: 'read',
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
});
