import type { BytePath } from '../files/byte-path.ts';
import { sameState } from '../files/file-state.ts';
import type { FolderMemo } from '../files/folder-memo.ts';
import type { JournalEntry, MergeRecord, MergeStep } from './merge-journal.ts';
import { temporaryName } from './merge-plan.ts';
import type { Observer } from '../listing/observer.ts';
import { Pace, eachPaced, filterPaced, mapPaced } from '../pace.ts';

/** The last merge of a session that is done and was not taken back, or the one of that id; undefined when there is none. */
export function undoable(
  entries: readonly JournalEntry[],
  session: string,
  id: string | undefined,
): JournalEntry | undefined {
  const done = entries.filter(({ record, last }) => record.session === session && last.phase === 'done');
  const undone = new Set(done.map(({ record }) => record.of));
  return done.findLast(
    ({ record }) => record.kind === 'merge' && !undone.has(record.id) && (id === undefined || record.id === id),
  );
}

export interface UndoPlan {
  readonly steps: readonly MergeStep[];
  readonly refused: readonly BytePath[];
}

export interface UndoOptions {
  readonly merge: JournalEntry;
  /** The identity of the undo, for the names of its temporary files. */
  readonly id: string;
  readonly observer: Observer;
  readonly folders: FolderMemo;
  readonly signal: AbortSignal;
}

/** Every step of the merge backwards. A path that is no longer as the merge left it is refused, and so is its other half. */
export async function planUndo(options: UndoOptions): Promise<UndoPlan> {
  const { record, last } = options.merge;
  const skipped = new Set(last.phase === 'done' ? last.skipped.map((step) => step.path) : []);
  const done = await filterPaced(record.steps, (step) => !skipped.has(step.path));
  const made = new Set(await mapPaced(record.madeFolders, (folder) => folder.path));
  const refused = new Set<BytePath>();
  const pace = new Pace(options.signal);
  for (const step of done) {
    if (pace.due) await pace.breathe();
    const current = await options.observer.observe(step.path);
    // Where a file made way for a folder, the folder is what the merge left.
    const madeWay = step.after.type === 'absent' && current.state.type === 'folder' && made.has(step.path);
    if (!sameState(current.state, step.after) && !madeWay) refused.add(step.path);
  }
  const other = new Map<BytePath, BytePath>();
  await eachPaced(done, ({ path: from, needs: to }) => {
    if (to === undefined) return;
    other.set(to, from);
    if (refused.has(from) || refused.has(to)) refused.add(from).add(to);
  });
  const steps: MergeStep[] = [];
  for (const step of done) {
    if (refused.has(step.path)) continue;
    if (pace.due) await pace.breathe();
    const { path, before, after } = step;
    const staged = before.type === 'file' || before.type === 'symlink';
    const temporary = staged ? temporaryName(await options.folders.nearest(path), options.id, steps.length) : undefined;
    // What a rename brought goes once what it took is back.
    const needs = before.type === 'absent' ? other.get(path) : undefined;
    steps.push({
      path,
      before: after,
      after: before,
      ...(temporary === undefined ? {} : { temporary }),
      ...(needs === undefined ? {} : { needs }),
      baseBefore: step.baseAfter,
      baseAfter: step.baseBefore,
    });
  }
  return { steps, refused: [...refused] };
}

/** Folders are restored and removed the other way round. */
export function undoneFolders(record: MergeRecord): Pick<MergeRecord, 'removedFolders' | 'madeFolders'> {
  return { removedFolders: [...record.madeFolders].reverse(), madeFolders: [...record.removedFolders].reverse() };
}
