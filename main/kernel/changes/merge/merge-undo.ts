import type { Content } from '../files/content.ts';
import { digestOf } from '../files/file-state.ts';
import { FolderMemo } from '../files/folder-memo.ts';
import type { WorkspaceTree } from '../files/workspace-files.ts';
import { Observer, type ObserverMemory } from '../listing/observer.ts';
import { filterPaced, mapPaced } from '../pace.ts';
import type { SessionMemory } from '../session/session-view.ts';
import type { JournalEntry, MergeRecord, MergeStep } from './merge-journal.ts';
import { type UndoOutcome, digestsOf, refusedSteps } from './merge-outcome.ts';
import { MergeRun, type MergeRunPorts } from './merge-run.ts';
import type { MergerPorts } from './merger.ts';
import { planUndo, undoneFolders } from './undo-plan.ts';

export interface UndoOptions {
  /** The last one if absent. */
  readonly merge?: string | undefined;
  readonly memory: SessionMemory;
  readonly signal: AbortSignal;
}

export interface UndoMerge extends UndoOptions {
  readonly tree: WorkspaceTree;
  /** The identity of the undo. */
  readonly id: string;
}

/** Takes a merge back, path by path: what is no longer as the merge left it stays. */
export async function undoMerge(
  ports: MergeRunPorts & Pick<MergerPorts, 'contents'>,
  merge: JournalEntry,
  { tree, memory, signal, id }: UndoMerge,
): Promise<UndoOutcome> {
  const { session, workspace, elsewhere } = merge.record;
  const seen: ObserverMemory = elsewhere === true ? new Map() : memory.workspace;
  const observer = new Observer({ tree, memory: seen, now: ports.now });
  const plan = await planUndo({ merge, id, observer, folders: new FolderMemo(tree), signal });
  const refused = await mapPaced(plan.refused, (path) => ({ path, reason: 'it changed since the merge' }));
  if (plan.steps.length === 0 && refused.length > 0) return { id: undefined, restored: [], refused, digests: [] };
  const record: MergeRecord = {
    version: 1,
    id,
    kind: 'undo',
    of: merge.record.id,
    session,
    workspace,
    atMs: ports.now(),
    ...(elsewhere === true ? { elsewhere } : {}),
    steps: plan.steps,
    ...undoneFolders(merge.record),
  };
  const store = ports.contents.of(session);
  const content = (step: MergeStep): Promise<Content> => store.get(digestOf(step.after) ?? '');
  const skipped = await new MergeRun({ ...ports, record, tree, memory: seen }).run(content, signal);
  memory.bases = undefined;
  const failed = new Set(skipped.map((step) => step.path));
  const done = await filterPaced(plan.steps, (step) => !failed.has(step.path));
  return {
    id,
    restored: await mapPaced(done, (step) => step.path),
    refused: [...refused, ...(await refusedSteps(skipped))],
    digests: await digestsOf(done),
  };
}
