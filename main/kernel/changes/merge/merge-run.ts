import { Fault } from '../../../../schema/fault.ts';
import type { BaseRecords } from '../session/base-records.ts';
import { type BytePath, ancestorsOf } from '../files/byte-path.ts';
import type { Content } from '../files/content.ts';
import { ABSENT, type FileState, sameState } from '../files/file-state.ts';
import { isFull } from '../files/full-disk.ts';
import { readTroubleOf } from '../files/read-trouble.ts';
import type { MergeJournal, MergeRecord, MergeStep, SkippedStep } from './merge-journal.ts';
import { Observer, type ObserverMemory } from '../listing/observer.ts';
import { Pace, eachPaced } from '../pace.ts';
import type { WorkspaceTree } from '../files/workspace-files.ts';

export interface MergeRunPorts {
  readonly journal: MergeJournal;
  readonly bases: BaseRecords;
  readonly now: () => number;
}

export interface MergeRunOptions extends MergeRunPorts {
  readonly record: MergeRecord;
  readonly tree: WorkspaceTree;
  readonly memory: ObserverMemory;
}

/** Gives the new content of a step's path; only asked for files. */
export type StepContent = (step: MergeStep) => Promise<Content>;

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
}

/** What says that this one path cannot be written, as opposed to the whole disk. */
const FORBIDDEN = new Set(['EACCES', 'EPERM', 'EROFS', 'ETXTBSY', 'EBUSY', 'ENAMETOOLONG']);
const BLOCKED = new Set(['EEXIST', 'ENOTEMPTY', 'ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'EXDEV']);

function whyNot(thrown: unknown): SkippedStep['why'] {
  const code = codeOf(thrown);
  if (FORBIDDEN.has(code)) return 'forbidden';
  if (BLOCKED.has(code)) return 'blocked';
  const trouble = readTroubleOf(thrown);
  if (trouble === 'lost') return 'lost';
  if (trouble !== undefined) return 'unstable';
  throw thrown;
}

/** Everything is in its place, or refused; only that it is cannot be written down. */
function unrecorded({ workspace }: MergeRecord, cause: unknown): Fault {
  return new Fault('disk_full', `Cannot record the merge into "${workspace}": the disk is full`, {
    cause,
    why: 'The files were merged. Until that is recorded it cannot be undone.',
    fix: 'Make room on the disk and start Cavern again: it brings the merge to its end.',
  });
}

/**
 * Carries out one record of the journal: first every new file is written beside its place and synced, then all of them
 * are renamed into place. Until the second part begins the workspace is as it was; from then on it only goes forward,
 * after a crash too, and each path is either old or new.
 */
export class MergeRun {
  readonly #options: MergeRunOptions;
  readonly #observer: Observer;

  constructor(options: MergeRunOptions) {
    this.#options = options;
    const { tree, memory, now } = options;
    this.#observer = new Observer({ tree, memory, now });
  }

  /** Begins, stages, commits. On a failure while staging the workspace is as it was, and the error is thrown on. */
  async run(content: StepContent, signal: AbortSignal): Promise<readonly SkippedStep[]> {
    const { record, journal } = this.#options;
    await journal.begin(record);
    let skipped: readonly SkippedStep[];
    try {
      skipped = await this.#stage(content, signal);
      await journal.advance(record.id, { phase: 'staged', skipped });
    } catch (error) {
      await this.abandon();
      throw error;
    }
    try {
      return await this.commit(skipped);
    } catch (error) {
      throw isFull(error) ? unrecorded(record, error) : error;
    }
  }

  /** Takes back what was staged. Idempotent. */
  async abandon(): Promise<void> {
    const { record, tree, journal } = this.#options;
    tree.refresh();
    const pace = new Pace();
    for (const step of record.steps) {
      if (pace.due) await pace.breathe();
      await this.#removeTemporary(step);
    }
    await tree.syncFolders();
    await journal.advance(record.id, { phase: 'abandoned' });
  }

  /** The second part, from wherever it stopped. Gives every step that was not done. Idempotent. */
  async commit(already: readonly SkippedStep[]): Promise<readonly SkippedStep[]> {
    const { record, tree, bases, journal } = this.#options;
    const skipped = new Map(already.map((step) => [step.path, step]));
    const pace = new Pace();
    const { blocking, placing, removing } = await inOrder(record.steps);
    tree.refresh();
    await this.#each(blocking, skipped);
    await this.#removeFolders();
    for (const folder of record.madeFolders) {
      if (pace.due) await pace.breathe();
      await tree.makeFolder(folder.path, folder.mode).catch((error: unknown) => void whyNot(error));
    }
    await this.#each(placing, skipped);
    await this.#each(removing, skipped);
    await this.#removeFolders();
    await tree.syncFolders();
    if (record.elsewhere !== true) {
      const kept = new Map<BytePath, FileState>();
      await eachPaced(record.steps, ({ path, baseAfter }) => {
        if (!skipped.has(path)) kept.set(path, baseAfter);
      });
      await bases.append(record.session, kept);
      await bases.sync(record.session);
    }
    await journal.advance(record.id, { phase: 'done', skipped: [...skipped.values()] });
    return [...skipped.values()];
  }

  async #stage(content: StepContent, signal: AbortSignal): Promise<readonly SkippedStep[]> {
    const { record, tree } = this.#options;
    const skipped: SkippedStep[] = [];
    const pace = new Pace(signal);
    for (const step of record.steps) {
      const { temporary, after } = step;
      if (temporary === undefined) continue;
      if (pace.due) await pace.breathe();
      try {
        if (after.type === 'symlink') await tree.stageSymlink(temporary, after.target);
        if (after.type !== 'file') continue;
        const digest = await tree.stageFile(temporary, await content(step), after.mode);
        // The session wrote to the file since it was decided on.
        if (digest.sha256 !== after.sha256) skipped.push({ path: step.path, why: 'unstable' });
      } catch (error) {
        skipped.push({ path: step.path, why: whyNot(error) });
      }
    }
    await tree.syncStaged();
    return skipped;
  }

  async #each(steps: readonly MergeStep[], skipped: Map<BytePath, SkippedStep>): Promise<void> {
    const pace = new Pace();
    for (const step of steps) {
      if (pace.due) await pace.breathe();
      const why =
        skipped.get(step.path)?.why ??
        (step.needs !== undefined && skipped.has(step.needs) ? 'blocked' : await this.#one(step));
      if (why === undefined) continue;
      skipped.set(step.path, { path: step.path, why });
      await this.#removeTemporary(step);
    }
  }

  /** Where the operator may not write any more it stays; a merge is not stopped half-way for it. */
  async #removeTemporary({ temporary }: MergeStep): Promise<void> {
    if (temporary === undefined) return;
    await this.#options.tree.removeFile(temporary).catch((error: unknown) => void whyNot(error));
  }

  async #one(step: MergeStep): Promise<SkippedStep['why'] | undefined> {
    const { tree } = this.#options;
    const { path, before, after, temporary } = step;
    const current = (await this.#observer.observe(path)).state;
    if (sameState(current, after) || this.#madeWay(step, current)) {
      await this.#removeTemporary(step);
      return undefined;
    }
    if (!sameState(current, before) && !isHalfway(step, current)) return 'changed';
    try {
      if (after.type === 'absent') {
        if (current.type === 'folder') return (await tree.removeFolder(path)) ? undefined : 'changed';
        await tree.removeFile(path);
      } else if (after.type === 'folder') {
        await tree.removeFile(path);
        await tree.makeFolder(path, after.mode);
      } else if (temporary !== undefined) {
        if (current.type === 'folder' && !(await tree.removeFolder(path))) return 'blocked';
        const over = current.type === 'absent' || current.type === 'folder' ? 'new' : 'existing';
        await tree.place(temporary, path, over);
      }
      return undefined;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return 'changed';
      return whyNot(error);
    }
  }

  /** The file is gone, and the folder that needed its place is there already. */
  #madeWay(step: MergeStep, current: FileState): boolean {
    if (step.after.type !== 'absent' || current.type !== 'folder') return false;
    return this.#options.record.madeFolders.some((folder) => folder.path === step.path);
  }

  async #removeFolders(): Promise<void> {
    const { record, tree } = this.#options;
    const pace = new Pace();
    for (const folder of record.removedFolders) {
      if (pace.due) await pace.breathe();
      await tree.removeFolder(folder.path).catch((error: unknown) => void whyNot(error));
    }
  }
}

/** Where a folder is replaced there is a moment with nothing at the path. */
function isHalfway(step: MergeStep, current: FileState): boolean {
  const overFolder = step.before.type === 'folder' || step.after.type === 'folder';
  return overFolder && sameState(current, ABSENT);
}

interface OrderedSteps {
  /** What makes way: a file where a folder is to be, or files in a folder that becomes a file. */
  readonly blocking: readonly MergeStep[];
  readonly placing: readonly MergeStep[];
  readonly removing: readonly MergeStep[];
}

/** New files come before old ones go, wherever they can, so that a rename never leaves a moment without the file. */
async function inOrder(steps: readonly MergeStep[]): Promise<OrderedSteps> {
  const pace = new Pace();
  const written = new Set<BytePath>();
  const above = new Set<BytePath>();
  for (const step of steps) {
    if (pace.due) await pace.breathe();
    if (step.after.type === 'absent') continue;
    if (step.after.type !== 'folder') written.add(step.path);
    for (const folder of ancestorsOf(step.path)) above.add(folder);
  }
  const blocking: MergeStep[] = [];
  const placing: MergeStep[] = [];
  const removing: MergeStep[] = [];
  for (const step of steps) {
    if (pace.due) await pace.breathe();
    const gone = step.after.type === 'absent';
    const becomesFolder = step.after.type === 'folder' && step.before.type !== 'absent';
    const inTheWay = above.has(step.path) || ancestorsOf(step.path).some((folder) => written.has(folder));
    if (becomesFolder || (gone && inTheWay)) blocking.push(step);
    else (gone ? removing : placing).push(step);
  }
  return { blocking, placing, removing };
}
