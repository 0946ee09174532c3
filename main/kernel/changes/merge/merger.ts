import { randomBytes } from 'node:crypto';
import type { SessionId } from '../../../../schema/entities.ts';
import { Fault } from '../../../../schema/fault.ts';
import type { Logger } from '../../../base/logger.ts';
import type { BytePath } from '../files/byte-path.ts';
import type { Content } from '../files/content.ts';
import { digestOf } from '../files/file-state.ts';
import type { FileTree } from '../files/file-tree.ts';
import { FolderMemo } from '../files/folder-memo.ts';
import type { MergeContents } from './merge-decision.ts';
import type { JournalEntry, MergeJournal, MergeRecord, MergeStep, SkippedStep } from './merge-journal.ts';
import { type MergePlan, type TakenChange, planMerge, toSteps } from './merge-plan.ts';
import { MergeRun } from './merge-run.ts';
import { mergeSeal } from './merge-seal.ts';
import { type Selection, type Wanted, selectWanted } from './merge-selection.ts';
import { Observer, type ObserverMemory } from '../listing/observer.ts';
import { Pace, mapPaced } from '../pace.ts';
import type { SessionMemory, SessionView, SessionViewPorts } from '../session/session-view.ts';
import { planUndo, undoable, undoneFolders } from './undo-plan.ts';
import type { WorkspaceTree } from '../files/workspace-files.ts';

export interface MergerPorts extends SessionViewPorts {
  readonly journal: MergeJournal;
  readonly logger: Logger;
}

/** One path of a merge or an undo as the audit log has it; null where there was or is nothing. */
export interface PathDigests {
  readonly path: BytePath;
  readonly before: string | null;
  readonly after: string | null;
}

export interface Refusal {
  readonly path: BytePath;
  readonly reason: string;
}

export interface MergeOutcome {
  /** Names the record in the journal; undefined when nothing was to be done. */
  readonly id: string | undefined;
  readonly merged: readonly BytePath[];
  readonly conflicts: readonly BytePath[];
  readonly left: readonly BytePath[];
  readonly refused: readonly Refusal[];
  readonly digests: readonly PathDigests[];
  /** Names what was to be written (`mergeSeal`). */
  readonly seal: string;
  /** Where the workspace will not be as the session is: both sides combined, edited in the review, or left although not ignored. */
  readonly untested: readonly BytePath[];
}

export interface UndoOutcome {
  readonly id: string | undefined;
  readonly restored: readonly BytePath[];
  readonly refused: readonly Refusal[];
  readonly digests: readonly PathDigests[];
}

const REASON: Record<SkippedStep['why'], string> = {
  changed: 'the workspace changed at this path while it was written',
  forbidden: 'the operator may not write there',
  blocked: 'something is in its way in the workspace',
  unstable: 'the session changed it while it was merged',
};

const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** An id sorts by its time, and is safe in a file name. */
function newId(session: SessionId, nowMs: number): string {
  return `${nowMs.toString(36).padStart(9, '0')}-${session}-${randomBytes(4).toString('hex')}`;
}

function digestsOf(steps: readonly MergeStep[]): Promise<readonly PathDigests[]> {
  return mapPaced(steps, ({ path, before, after }) => ({ path, before: digestOf(before), after: digestOf(after) }));
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
    const selection = selectWanted(view.set, wanted);
    const options = { ...this.#planOptions(view, selection), answers: wanted.answers, signal };
    const plan = await planMerge(options);
    const steps = await toSteps(plan, '', options.folders);
    return toOutcome({ selection, plan, skipped: [], steps, id: undefined });
  }

  /** Throws `merge_busy`, `merge_stale`, `disk_full`; the folder that is merged into is then as it was. */
  async apply(view: MergeView, options: ApplyOptions): Promise<MergeOutcome> {
    const { layer } = view;
    const workspace = view.into ?? layer.workspace;
    return this.#alone(workspace, async () => {
      const selection = selectWanted(view.set, options);
      const { answers, signal } = options;
      await new Pace(signal).breathe();
      const planning = { ...this.#planOptions(view, selection), answers, signal };
      const plan = await planMerge(planning);
      const id = newId(layer.session, this.#ports.now());
      const steps = await toSteps(plan, id, planning.folders);
      await checkJudged(steps, options.judged);
      const { removedFolders, madeFolders } = plan;
      const { session } = layer;
      const atMs = this.#ports.now();
      const record: MergeRecord = {
        version: 1,
        id,
        kind: 'merge',
        session,
        workspace,
        atMs,
        ...(view.into === undefined ? {} : { elsewhere: true as const }),
        steps,
        removedFolders,
        madeFolders,
      };
      if (steps.length + removedFolders.length === 0) {
        return toOutcome({ selection, plan, skipped: [], steps, id: undefined });
      }
      await this.#keepOld(view, steps, signal);
      if (view.into === undefined) await this.#keepParts(layer.session, plan);
      const sources = new Map(plan.taken.map((change) => [change.item.path, change]));
      const run = this.#run(record, view.workspace, view.into === undefined ? options.memory.workspace : new Map());
      const skipped = await run.run((step) => sourceContent(view.written, sources.get(step.path)), signal);
      options.memory.bases = undefined;
      return toOutcome({ selection, plan, skipped, steps, id });
    });
  }

  /** Throws `nothing_to_undo`, `merge_busy`, `disk_full`. */
  async undo(session: SessionId, options: UndoOptions): Promise<UndoOutcome> {
    const merge = undoable(await this.#ports.journal.entries(), session, options.merge);
    if (!merge) {
      throw new Fault(
        'nothing_to_undo',
        options.merge === undefined
          ? `Cannot undo a merge of session "${session}": there is none that is not undone`
          : `Cannot undo merge "${options.merge}": it is not one of session "${session}" that can be undone`,
        { fix: `See what was merged: cavern changes history ${session}` },
      );
    }
    const { workspace } = merge.record;
    return this.#alone(workspace, async () => {
      using tree = await this.#ports.workspaces.open(workspace);
      return await this.#undo(merge, { ...options, tree });
    });
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

  async #undo(merge: JournalEntry, options: UndoOptions & { readonly tree: WorkspaceTree }): Promise<UndoOutcome> {
    const { tree, memory, signal } = options;
    const { session, workspace } = merge.record;
    const { now, contents } = this.#ports;
    const id = newId(session, now());
    const elsewhere = merge.record.elsewhere === true;
    const seen: ObserverMemory = elsewhere ? new Map() : memory.workspace;
    const observer = new Observer({ tree, memory: seen, now });
    const plan = await planUndo({ merge, id, observer, folders: new FolderMemo(tree), signal });
    const refused = plan.refused.map((path) => ({ path, reason: 'it changed since the merge' }));
    if (plan.steps.length === 0 && refused.length > 0) return { id: undefined, restored: [], refused, digests: [] };
    const of = merge.record.id;
    const folders = undoneFolders(merge.record);
    const record: MergeRecord = {
      version: 1,
      id,
      kind: 'undo',
      of,
      session,
      workspace,
      atMs: now(),
      ...(elsewhere ? { elsewhere: true as const } : {}),
      steps: plan.steps,
      ...folders,
    };
    const content = (step: MergeStep): Promise<Content> => contents.of(session).get(digestOf(step.after) ?? '');
    const skipped = await this.#run(record, tree, seen).run(content, signal);
    memory.bases = undefined;
    const failed = new Set(skipped.map((step) => step.path));
    const done = plan.steps.filter((step) => !failed.has(step.path));
    return {
      id,
      restored: done.map((step) => step.path),
      refused: [...refused, ...skipped.map(({ path, why }) => ({ path, reason: REASON[why] }))],
      digests: await digestsOf(done),
    };
  }

  #run(record: MergeRecord, tree: WorkspaceTree, memory: ObserverMemory): MergeRun {
    const { journal, bases, now } = this.#ports;
    return new MergeRun({ record, tree, memory, journal, bases, now });
  }

  /** The contents of a view's three sides. */
  contentsOf(view: MergeView): MergeContents {
    return {
      base: (state) => this.#ports.contents.of(view.layer.session).get(digestOf(state) ?? ''),
      current: (path) => view.workspace.content(path),
      after: (path) => view.written.content(path),
      texts: this.#ports.texts,
    };
  }

  #planOptions(view: MergeView, selection: Selection) {
    const contents = this.contentsOf(view);
    const { set, workspace, written } = view;
    return { set, selection, contents, workspace, folders: new FolderMemo(workspace), layer: written };
  }

  /** Undo takes the old content from the store; it is on the disk before anything is replaced. */
  async #keepOld(view: MergeView, steps: readonly MergeStep[], signal: AbortSignal): Promise<void> {
    const contents = this.#ports.contents.of(view.layer.session);
    const pace = new Pace(signal);
    for (const { path, before } of steps) {
      if (pace.due) await pace.breathe();
      if (before.type !== 'file' || (await contents.has(before.sha256))) continue;
      if ((await contents.put(await view.workspace.content(path))) === before.sha256) continue;
      throw new Fault('merge_busy', `Cannot merge: "${path}" is being written in the workspace`, { retryable: true });
    }
    await contents.sync();
  }

  /** What the rest of a change is judged against from then on. */
  async #keepParts(session: SessionId, plan: MergePlan): Promise<void> {
    const contents = this.#ports.contents.of(session);
    for (const { part } of plan.taken) if (part) await contents.put(part.bytes);
    await contents.sync();
  }

  async #alone<T>(workspace: string, work: () => Promise<T>): Promise<T> {
    if (this.#busy.has(workspace)) {
      throw new Fault('merge_busy', `Cannot merge into "${workspace}": another merge is at work there`, {
        retryable: true,
        fix: 'Wait until it has ended and try again.',
      });
    }
    this.#busy.add(workspace);
    try {
      return await work();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (!FULL.has(code)) throw error;
      throw new Fault('disk_full', `Cannot merge into "${workspace}": the disk is full`, {
        cause: error,
        why: 'Nothing was changed: new files are all written before the first is put into its place.',
        fix: 'Make room on the disk and merge again.',
      });
    } finally {
      this.#busy.delete(workspace);
    }
  }
}

/** A session's change set and the folder it is merged into; `into` is set where that is not the workspace. */
export interface MergeView extends SessionView {
  readonly into?: string;
}

export interface UndoOptions {
  /** The last one if absent. */
  readonly merge?: string | undefined;
  readonly memory: SessionMemory;
  readonly signal: AbortSignal;
}

export interface ApplyOptions extends Wanted {
  /** The seal of what was judged; anything else is not merged. */
  readonly judged?: string | undefined;
  readonly memory: SessionMemory;
  readonly signal: AbortSignal;
}

async function checkJudged(steps: readonly MergeStep[], judged: string | undefined): Promise<void> {
  if (judged === undefined || (await mergeSeal(steps)) === judged) return;
  throw new Fault('merge_stale', 'Cannot merge: what would be merged is no longer what was judged', {
    why: 'The session or the folder changed in between. Nothing was merged.',
    fix: 'Run the tests again, or review the changes.',
    retryable: true,
  });
}

async function sourceContent(written: FileTree, change: TakenChange | undefined): Promise<Content> {
  if (!change) throw new Error('A step without a change has no content');
  return change.source.from === 'bytes' ? change.source.bytes : written.content(change.source.path);
}

interface OutcomeParts {
  readonly selection: Selection;
  readonly plan: MergePlan;
  readonly skipped: readonly SkippedStep[];
  readonly steps: readonly MergeStep[];
  readonly id: string | undefined;
}

async function toOutcome(parts: OutcomeParts): Promise<MergeOutcome> {
  const { selection, plan, steps, id } = parts;
  await new Pace().breathe();
  const skipped = new Map(parts.skipped.map((step) => [step.path, step.why]));
  const taken = plan.taken.map((change) => change.item.path);
  const failed = taken.flatMap((path) => {
    const why = skipped.get(path);
    return why === undefined ? [] : { path, why };
  });
  return {
    id,
    merged: taken.filter((path) => !skipped.has(path)),
    // What the operator wrote at the last moment is a conflict like one that was seen earlier.
    conflicts: [...plan.conflicts, ...failed.filter(({ why }) => why === 'changed').map(({ path }) => path)],
    left: selection.left.map((item) => item.path),
    refused: [
      ...plan.refused,
      ...failed.filter(({ why }) => why !== 'changed').map(({ path, why }) => ({ path, reason: REASON[why] })),
    ],
    digests: await digestsOf(steps.filter((step) => !skipped.has(step.path))),
    seal: await mergeSeal(steps),
    untested: [
      ...plan.taken.filter(({ source }) => source.from === 'bytes').map(({ item }) => item.path),
      ...selection.left.filter((item) => !item.ignored).map((item) => item.path),
    ],
  };
}
