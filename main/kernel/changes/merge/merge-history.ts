import type { MergeEntry } from '../../../../schema/contract/changes.ts';
import type { SessionId } from '../../../../schema/entities.ts';
import { toText } from '../files/byte-path.ts';
import type { JournalEntry } from './merge-journal.ts';

/** What came of the merges and undos that the journal keeps, the newest first; of one session, or of all. */
export function mergeHistory(entries: readonly JournalEntry[], session: SessionId | undefined): MergeEntry[] {
  const done = entries.filter(
    ({ record, last }) => last.phase === 'done' && (session === undefined || record.session === session),
  );
  const undone = new Set(done.flatMap(({ record }) => record.of ?? []));
  return done
    .map(({ record, last }): MergeEntry => {
      const skipped = new Set(last.phase === 'done' ? last.skipped.map((step) => step.path) : []);
      const paths = record.steps.filter((step) => !skipped.has(step.path)).map((step) => toText(step.path));
      return {
        id: record.id,
        kind: record.kind,
        session: record.session,
        at: record.atMs,
        folder: record.workspace,
        paths,
        ...(record.of === undefined ? {} : { of: record.of }),
        undone: undone.has(record.id),
      };
    })
    .reverse();
}
