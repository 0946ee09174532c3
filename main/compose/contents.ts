import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import type { Fsck } from '../../schema/contract/app.ts';
import type { Clock } from '../base/clock.ts';
import { BlobStore } from '../platform/blob-store/blob-store.ts';
import { BlobOwners, OwnedBlobs } from '../platform/blob-store/owned-blobs.ts';
import type { KeyStore } from '../platform/key-store/key-store.ts';
import type { Storage } from '../platform/sqlite/storage.ts';
import { FileContentStores } from '../platform/workspace-files/contents/file-content-store.ts';
import type { ComposeOptions } from './compose-options.ts';

/** Owns what the database, repaired after damage, may have forgotten the owners of; behind it is when that was. */
const RECOVERED = 'recovered:';
/** How long the operator has at least to put a better database in the place of a repaired one. */
const RECOVERED_KEPT_MS = 30 * 24 * 60 * 60 * 1000;
/** There while it is not known whether the owners in the database are all. */
const UNSURE = 'owners-unsure';
/** Of a session just what is needed here, so that one that cannot be used any more counts as well. */
const KnownSession = Type.Object({ createdAt: Type.Optional(Type.Number()) });

export interface ContentsOptions extends Pick<ComposeOptions, 'home' | 'logger'> {
  readonly clock: Clock;
}

/** The content store, and its check. What a crash left without an owner is removed, unless owners may have been lost. */
export async function composeContents(
  { home, logger, clock }: ContentsOptions,
  { keys, storage }: { readonly keys: KeyStore; readonly storage: Storage },
) {
  const key = keys.key('home');
  const store = BlobStore.open({ folder: home.blobs, key });
  const blobs = new OwnedBlobs(store, await storage.collection('content', BlobOwners));
  const contents = new FileContentStores({ folder: home.blobs, blobs, key });
  const sessions = await storage.collection('session', KnownSession);
  const unsure = join(home.blobs, UNSURE);
  if (storage.recovery !== undefined) writeFileSync(unsure, '', { mode: 0o600 });
  try {
    if (existsSync(unsure)) {
      await blobs.keepAll(`${RECOVERED}${clock.now()}`);
      rmSync(unsure);
    }
    await releaseRecovered(blobs, { sessions: sessions.all(), nowMs: clock.now() });
    await blobs.collect();
  } catch (cause) {
    logger.error('The content store could not be tidied; nothing of it was removed that anything refers to', { cause });
  }
  return { contents, fsck: (signal: AbortSignal) => fsck(blobs, contents, signal) };
}

/** What a repair kept goes when no session is left that was there at the time, as nobody else can refer to it. */
async function releaseRecovered(
  blobs: OwnedBlobs,
  { sessions, nowMs }: { readonly sessions: readonly Static<typeof KnownSession>[]; readonly nowMs: number },
): Promise<void> {
  for (const owner of new Set([...blobs.owners()].flat())) {
    if (!isRecovery(owner)) continue;
    const sinceMs = Number(owner.slice(RECOVERED.length));
    const mayBeNeeded = sessions.some(({ createdAt = 0 }) => createdAt <= sinceMs);
    if (!mayBeNeeded && nowMs - sinceMs > RECOVERED_KEPT_MS) await blobs.release(owner);
  }
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
    recovered: [...blobs.owners()].filter((owners) => owners.length > 0 && owners.every(isRecovery)).length,
    packs: small.packs,
    packed: small.contents,
    problems,
  };
}

function isRecovery(owner: string): boolean {
  return owner.startsWith(RECOVERED);
}
