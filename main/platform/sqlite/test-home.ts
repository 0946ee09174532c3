import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { Secret } from '../../base/secret.ts';
import { AuditLog } from '../../kernel/audit/audit-log.ts';
import { signerFromSeed } from '../../kernel/audit/checkpoint-note.ts';
import { BlobStore } from '../blob-store/blob-store.ts';
import { BlobOwners, OwnedBlobs } from '../blob-store/owned-blobs.ts';
import { chainBreaksOf } from './chain-breaks.ts';
import { Storage } from './storage.ts';

/** A home in a temporary folder, for tests: opened and closed like a kernel's. */
export interface TestHome extends AsyncDisposable {
  readonly folder: string;
  readonly database: string;
  readonly storage: Storage;
  readonly log: AuditLog;
}

export const testSigner = signerFromSeed(new Uint8Array(32).fill(1));

/** A folder that goes with the `using` that holds it. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'cavern-test-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** The content store of a home. */
export async function openBlobs(folder: string, storage: Storage): Promise<OwnedBlobs> {
  const store = BlobStore.open({ folder: join(folder, 'blobs'), key: new Secret(new Uint8Array(32).fill(7)) });
  return new OwnedBlobs(store, await storage.collection('content', BlobOwners));
}

export async function openTestHome(folder: string, clock: Clock = systemClock): Promise<TestHome> {
  const database = join(folder, 'cavern.db');
  const storage = await Storage.open({ database, clock, logger: silentLogger });
  const log = await AuditLog.open({
    store: storage.audit,
    signer: testSigner,
    clock,
    logger: silentLogger,
    newChainId: () => 'ab'.repeat(16),
    breaks: chainBreaksOf(storage.recovery),
  });
  return {
    folder,
    database,
    storage,
    log,
    async [Symbol.asyncDispose]() {
      await log[Symbol.asyncDispose]();
      await storage[Symbol.asyncDispose]();
    },
  };
}
