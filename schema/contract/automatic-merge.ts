import Type, { type Static } from 'typebox';

/** Why a merge may go through without a person, or may not. */
export const AutomaticMerge = Type.Object({
  /** True when every criterion is met and the settings turn automatic merges on. */
  passes: Type.Boolean(),
  criteria: Type.Array(
    Type.Object({
      name: Type.Union([
        Type.Literal('enabled'),
        Type.Literal('tests'),
        Type.Literal('sensitive_paths'),
        Type.Literal('size'),
        Type.Literal('conflicts'),
        Type.Literal('review'),
      ]),
      ok: Type.Boolean(),
      detail: Type.String(),
    }),
  ),
});
export type AutomaticMerge = Static<typeof AutomaticMerge>;
