import { randomBytes } from 'node:crypto';
import type { SessionId } from '../../../../schema/entities.ts';
import { Fault } from '../../../../schema/fault.ts';
import type { Logger } from '../../../base/logger.ts';
import type { BytePath } from '../files/byte-path.ts';
import { FolderMemo } from '../files/folder-memo.ts';
import { needingRoom } from '../files/full-disk.ts';
import { openFolder } from '../files/open-folder.ts';
import type { WorkspaceTree } from '../files/workspace-files.ts';
import type { ObserverMemory } from '../listing/observer.ts';
import { eachPaced } from '../pace.ts';
import type { SessionMemory, SessionViewPorts } from '../session/session-view.ts';
import { type MergeView, contentsOf, keepOld, keepParts, sourceContent } from './merge-contents.ts';
import type { MergeContents } from './merge-decision.ts';
import type { JournalEntry, MergeJournal, MergeRecord, MergeStep } from './merge-journal.ts';
import { type MergeOutcome, type UndoOutcome, toOutcome } from './merge-outcome.ts';
import { type MergePlan, type TakenChange, planMerge, toSteps } from './merge-plan.ts';
import { MergeRun } from './merge-run.ts';
import { mergeSeal } from './merge-seal.ts';
import { type Selection, type Wanted, selectWanted } from './merge-selection.ts';
import { type UndoOptions, undoMerge } from './merge-undo.ts';
import { undoable } from './undo-plan.ts';

export interface MergerPorts extends SessionViewPorts {
  readonly journal: MergeJournal;
  readonly logger: Logger;
}

/** An id sorts by its time, and is safe in a file name. */
function newId(session: SessionId, nowMs: number): string {
  return `${nowMs.toString(36).padStart(9, '0')}-${session}-${randomBytes(4).toString('hex')}`;
}

/** Brings changes into the workspace and takes them back. One at a time for a workspace. */
export class Merger {
  readonly #ports: MergerPorts;
  readonly #busy = new Set<string>();

  constructor(ports: MergerPorts) {
    this.#ports = ports;
  }

  /** What `apply` would answer, without doing it. */
  async preview(view: MergeView, wanted: Wanted, signal: AbortSignal): Promise<MergeOutcome> {
    const { selection, plan, steps } = await this.#plan(view, { ...wanted, signal }, '');
    return toOutcome({ selection, plan, skipped: [], steps, id: undefined });
  }

  /** Throws `merge_busy`, `merge_stale`, `disk_full`; the folder that is merged into is then as it was. */
  async apply(view: MergeView, options: ApplyOptions): Promise<MergeOutcome> {
    const { session } = view.layer;
    const workspace = view.into ?? view.layer.workspace;
    return this.#alone(workspace, async () => {
      const { signal, memory } = options;
      const id = newId(session, this.#ports.now());
      const { selection, plan, steps } = await this.#plan(view, options, id);
      await checkJudged(steps, options.judged);
      const { removedFolders, madeFolders } = plan;
      if (steps.length + removedFolders.length === 0) {
        return toOutcome({ selection, plan, skipped: [], steps, id: undefined });
      }
      const atMs = this.#ports.now();
      const elsewhere = view.into === undefined ? {} : { elsewhere: true as const };
      const folders = { removedFolders, madeFolders };
      const record: MergeRecord = {
        version: 1,
        id,
        kind: 'merge',
        session,
        workspace,
        atMs,
        ...elsewhere,
        steps,
        ...folders,
      };
      const contents = this.#ports.contents.of(session);
      await keepOld(contents, view, { steps, signal });
      if (view.into === undefined) await keepParts(contents, plan);
      const sources = new Map<BytePath, TakenChange>();
      await eachPaced(plan.taken, (change) => sources.set(change.item.path, change));
      const run = this.#run(record, view.workspace, view.into === undefined ? memory.workspace : new Map());
      const skipped = await run.run((step) => sourceContent(view.written, sources.get(step.path)), signal);
      memory.bases = undefined;
      return toOutcome({ selection, plan, skipped, steps, id });
    });
  }

  /** Throws `nothing_to_undo`, `workspace_invalid`, `merge_busy`, `disk_full`. */
  async undo(session: SessionId, options: UndoOptions): Promise<UndoOutcome> {
    const merge = this.#undoable(await this.#ports.journal.entries(), session, options.merge);
    const { workspace } = merge.record;
    return this.#alone(workspace, async () => {
      const { workspaces, now } = this.#ports;
      const fix = 'Put the folder back where it was.';
      using tree = await openFolder(workspaces, workspace, { action: 'take back the merge into', fix });
      return await undoMerge(this.#ports, merge, { ...options, tree, id: newId(session, now()) });
    });
  }

  #undoable(entries: readonly JournalEntry[], session: SessionId, id: string | undefined): JournalEntry {
    const merge = undoable(entries, session, id);
    if (merge) return merge;
    const message =
      id === undefined
        ? `Cannot undo a merge of session "${session}": there is none that is not undone`
        : `Cannot undo merge "${id}": it is not one of session "${session}" that can be undone`;
    throw new Fault('nothing_to_undo', message, { fix: `See what was merged: cavern changes history ${session}` });
  }

  /** Ends what a crash interrupted: a merge that was staged is finished, one that was not is taken back. */
  async resumeInterrupted(): Promise<void> {
    for (const { record, last } of await this.#ports.journal.entries()) {
      if (last.phase !== 'begun' && last.phase !== 'staged') continue;
      const fields = { merge: record.id, session: record.session, phase: last.phase };
      try {
        using tree = await this.#ports.workspaces.open(record.workspace);
        const run = this.#run(record, tree, new Map());
        if (last.phase === 'staged') await run.commit(last.skipped);
        else await run.abandon();
        this.#ports.logger.info('An interrupted merge was brought to its end', fields);
      } catch (error) {
        // The workspace may be on a disk that is not there today; the next start tries again.
        this.#ports.logger.warn('An interrupted merge could not be brought to its end', { ...fields, error });
      }
    }
  }

  /** Ends the undo of a session that is removed: its records and old contents go. */
  async forget(session: SessionId): Promise<void> {
    const entries = await this.#ports.journal.entries();
    for (const { record } of entries) if (record.session === session) await this.#ports.journal.forget(record.id);
    await this.#ports.contents.remove(session);
  }

  #run(record: MergeRecord, tree: WorkspaceTree, memory: ObserverMemory): MergeRun {
    const { journal, bases, now } = this.#ports;
    return new MergeRun({ record, tree, memory, journal, bases, now });
  }

  /** The contents of a view's three sides. */
  contentsOf(view: MergeView): MergeContents {
    return contentsOf(this.#ports, view);
  }

  /** What is meant, what comes of it, and the steps there; `id` goes into the names of temporary files. */
  async #plan(view: MergeView, wanted: Planned, id: string): Promise<Planning> {
    const { set, workspace, written: layer } = view;
    const { answers, signal } = wanted;
    const folders = new FolderMemo(workspace);
    const selection = await selectWanted(set, wanted);
    const contents = this.contentsOf(view);
    const plan = await planMerge({ set, selection, contents, answers, workspace, folders, layer, signal });
    return { selection, plan, steps: await toSteps(plan, id, folders) };
  }

  async #alone<T>(workspace: string, work: () => Promise<T>): Promise<T> {
    if (this.#busy.has(workspace)) {
      throw new Fault('merge_busy', `Cannot merge into "${workspace}": another merge is at work there`, {
        retryable: true,
        fix: 'Wait until it has ended and try again.',
      });
    }
    this.#busy.add(workspace);
    const why = 'Nothing was changed: new files are all written before the first is put into its place.';
    const fix = 'Make room on the disk and merge again.';
    try {
      return await needingRoom({ action: `Cannot merge into "${workspace}"`, why, fix }, work);
    } finally {
      this.#busy.delete(workspace);
    }
  }
}

interface Planned extends Wanted {
  readonly signal: AbortSignal;
}

interface Planning {
  readonly selection: Selection;
  readonly plan: MergePlan;
  readonly steps: readonly MergeStep[];
}

export interface ApplyOptions extends Planned {
  /** The seal of what was judged; anything else is not merged. */
  readonly judged?: string | undefined;
  readonly memory: SessionMemory;
}

async function checkJudged(steps: readonly MergeStep[], judged: string | undefined): Promise<void> {
  if (judged === undefined || (await mergeSeal(steps)) === judged) return;
  throw new Fault('merge_stale', 'Cannot merge: what would be merged is no longer what was judged', {
    why: 'The session or the folder changed in between. Nothing was merged.',
    fix: 'Run the tests again, or review the changes.',
    retryable: true,
  });
}
