import type { ChangesStore } from '../changes-store.ts';
import type { MergeRequest } from '../merge-store.ts';

/** Merges what was accepted, or all where nothing was decided. */
export async function mergeNow(store: ChangesStore, request: MergeRequest = {}): Promise<void> {
  await store.review.settled();
  const isReviewed = store.review.store.getState().files.size > 0;
  await store.merging.merge({ ...(isReviewed ? { reviewed: true } : {}), ...request });
}
