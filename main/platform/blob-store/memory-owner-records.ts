import type { BlobOwners, OwnerRecords } from './owned-blobs.ts';

/** Owners that are forgotten with the process. */
export function memoryOwnerRecords(): OwnerRecords {
  const records = new Map<string, BlobOwners>();
  return {
    ids: () => records.keys(),
    get: (sha256) => records.get(sha256),
    putSynced: async (sha256, owners) => void records.set(sha256, owners),
    delete: (sha256) => void records.delete(sha256),
  };
}
