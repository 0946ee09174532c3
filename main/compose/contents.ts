import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fsck } from '../../schema/contract/app.ts';
import { BlobStore } from '../platform/blob-store/blob-store.ts';
import { BlobOwners, OwnedBlobs } from '../platform/blob-store/owned-blobs.ts';
import type { KeyStore } from '../platform/key-store/key-store.ts';
import type { Storage } from '../platform/sqlite/storage.ts';
import { FileContentStores } from '../platform/workspace-files/file-content-store.ts';
import type { ComposeOptions } from './compose-options.ts';

/** Owns what the database, repaired after damage, may have forgotten the owners of. */
const RECOVERED = 'recovered';
/** There while it is not known whether the owners in the database are all. */
const UNSURE = 'owners-unsure';

/** The content store, and its check. What a crash left without an owner is removed, unless owners may have been lost. */
export async function composeContents(
  { home, logger }: Pick<ComposeOptions, 'home' | 'logger'>,
  { keys, storage }: { readonly keys: KeyStore; readonly storage: Storage },
) {
  const key = keys.key('home');
  const store = BlobStore.open({ folder: home.blobs, key });
  const blobs = new OwnedBlobs(store, await storage.collection('content', BlobOwners));
  const contents = new FileContentStores({ folder: home.blobs, blobs, key });
  const unsure = join(home.blobs, UNSURE);
  if (storage.recovery !== undefined) writeFileSync(unsure, '', { mode: 0o600 });
  try {
    if (existsSync(unsure)) {
      await blobs.keepAll(RECOVERED);
      rmSync(unsure);
    }
    await blobs.collect();
  } catch (cause) {
    logger.error('The content store could not be tidied; nothing of it was removed that anything refers to', { cause });
  }
  return { contents, fsck: (signal: AbortSignal) => fsck(blobs, contents, signal) };
}

async function fsck(blobs: OwnedBlobs, contents: FileContentStores, signal: AbortSignal): Promise<Fsck> {
  const large = await blobs.check(signal);
  const small = await contents.check(signal);
  const problems = [
    ...large.problems.map(({ sha256, problem, owners }) => ({ content: sha256, problem, owners: [...owners] })),
    ...small.damaged.map(({ session, groups }) => ({
      content: `${session}/small.pack`,
      problem: `${groups} of its groups cannot be read`,
      owners: [session],
    })),
  ];
  return {
    ok: problems.length === 0,
    contents: large.contents,
    references: large.references,
    unreferenced: large.unreferenced,
    packs: small.packs,
    packed: small.contents,
    problems,
  };
}
