import type { Handlers } from '../../../../schema/contract/contract.ts';
import type { ImageList, image } from '../../../../schema/contract/image.ts';
import { Fault } from '../../../../schema/fault.ts';
import type { CallContext } from '../../dispatch/context.ts';
import type { Profile } from '../profiles.ts';
import type { SandboxImages } from './sandbox-images.ts';

export interface ImageHandlerParts {
  readonly images: SandboxImages;
  readonly profiles: ReadonlyMap<string, Profile>;
}

export function imageHandlers(parts: ImageHandlerParts): Handlers<typeof image, CallContext> {
  const { images, profiles } = parts;
  return {
    list: async () => ({ images: await images.list(profiles) }),
    watch: (_input, { signal }) => follow(parts, signal),
    prepare: (input, { signal }) => prepare(parts, input.images, signal),
  };
}

async function* follow({ images, profiles }: ImageHandlerParts, signal: AbortSignal): AsyncGenerator<ImageList> {
  const changes = images.changes(signal);
  yield { images: await images.list(profiles) };
  for await (const _ of changes) yield { images: await images.list(profiles) };
}

/** The list with every change, until all that was wanted is there. Only what a profile names is brought. */
async function* prepare(
  parts: ImageHandlerParts,
  named: readonly string[] | undefined,
  signal: AbortSignal,
): AsyncGenerator<ImageList> {
  const used = new Set([...parts.profiles.values()].map((profile) => profile.image));
  const unknown = named?.find((name) => !used.has(name));
  if (unknown !== undefined) {
    throw new Fault('image_missing', `Cannot prepare the image "${unknown}": no profile uses it`, {
      fix: `Images of profiles: ${[...used].sort().join(', ')}`,
    });
  }
  const over = new AbortController();
  const work = { signal, onProgress: () => undefined };
  const all = Promise.all((named ?? [...used]).map((name) => parts.images.ensure(name, work)));
  // It is awaited below; what follows the list is told of its end first.
  all.catch(() => undefined).finally(() => over.abort());
  yield* follow(parts, AbortSignal.any([signal, over.signal]));
  await all;
  yield { images: await parts.images.list(parts.profiles) };
}
