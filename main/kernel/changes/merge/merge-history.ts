import type { MergeEntry } from '../../../../schema/contract/changes.ts';
import type { SessionId } from '../../../../schema/entities.ts';
import { toText } from '../files/byte-path.ts';
import { filterPaced, mapPaced } from '../pace.ts';
import type { JournalEntry } from './merge-journal.ts';

/** What came of the merges and undos that the journal keeps, the newest first; of one session, or of all. */
export async function mergeHistory(
  entries: readonly JournalEntry[],
  session: SessionId | undefined,
): Promise<MergeEntry[]> {
  const done = entries.filter(
    ({ record, last }) => last.phase === 'done' && (session === undefined || record.session === session),
  );
  const undone = new Set(done.flatMap(({ record }) => record.of ?? []));
  const listed: MergeEntry[] = [];
  for (const { record, last } of done.reverse()) {
    const skipped = new Set(last.phase === 'done' ? last.skipped.map((step) => step.path) : []);
    const steps = await filterPaced(record.steps, (step) => !skipped.has(step.path));
    listed.push({
      id: record.id,
      kind: record.kind,
      session: record.session,
      at: record.atMs,
      folder: record.workspace,
      paths: await mapPaced(steps, (step) => toText(step.path)),
      ...(record.of === undefined ? {} : { of: record.of }),
      undone: undone.has(record.id),
    });
  }
  return listed;
}
