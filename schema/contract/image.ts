import Type, { type Static } from 'typebox';
import { Failure, ProfileName } from '../entities.ts';
import { area, call, stream } from './contract.ts';

/** An image that a profile uses. */
export const ImageState = Type.Object({
  name: Type.String(),
  source: Type.Union([Type.Literal('program'), Type.Literal('recipe'), Type.Literal('registry')], {
    description: "Made by the set-up, built from a folder of the operator's, or pulled",
  }),
  profiles: Type.Array(ProfileName),
  state: Type.Union([Type.Literal('ready'), Type.Literal('missing'), Type.Literal('working'), Type.Literal('failed')]),
  sizeBytes: Type.Optional(Type.Integer({ minimum: 0 })),
  detail: Type.Optional(Type.String({ description: 'What is being done' })),
  share: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'How much of it is done' })),
  failure: Type.Optional(Failure),
});
export type ImageState = Static<typeof ImageState>;

const ImageList = Type.Object({ images: Type.Array(ImageState) });
export type ImageList = Static<typeof ImageList>;

export const image = area('image', {
  list: call({
    about: 'List the images of the profiles, and whether the engine has them',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: ImageList,
    faults: [],
  }),
  watch: stream({
    about: 'Follow the images of the profiles, also while they are pulled or built',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    event: ImageList,
    faults: [],
  }),
  prepare: stream({
    about: 'Pull or build the images of the profiles that are missing, with progress; those named, or all',
    effect: 'write',
    input: Type.Object({ images: Type.Optional(Type.Array(Type.String({ minLength: 1 }))) }),
    event: ImageList,
    faults: ['engine_unavailable', 'engine_forbidden', 'image_missing', 'disk_full'],
  }),
});
