import { type BytePath, ancestorsOf, join, toText } from '../files/byte-path.ts';
import type { ChangeItem, ChangeSet } from '../listing/change-item.ts';
import { ABSENT, type FileState } from '../files/file-state.ts';
import type { FileTree } from '../files/file-tree.ts';
import { namesIn } from '../files/names-in.ts';
import { readTroubleOf } from '../files/read-trouble.ts';
import { type MergeContents, type MergeDecision, type MergeSource, decideChange } from './merge-decision.ts';
import type { FolderMemo } from '../files/folder-memo.ts';
import type { FolderStep, MergeStep } from './merge-journal.ts';
import type { Selection } from './merge-selection.ts';
import type { ReviewAnswers } from '../review/review-answer.ts';
import { Pace, eachPaced, sortPaced } from '../pace.ts';

/** A change that is to be made, before its temporary file has a name. */
export interface TakenChange {
  readonly item: ChangeItem;
  readonly after: FileState;
  readonly source: MergeSource;
  /** Set where only a part of the change is taken: what the rest is judged against from then on. */
  readonly part?: { readonly state: FileState; readonly bytes: Buffer };
}

export interface MergePlan {
  readonly taken: readonly TakenChange[];
  readonly conflicts: readonly BytePath[];
  readonly refused: readonly { readonly path: BytePath; readonly reason: string }[];
  readonly removedFolders: readonly FolderStep[];
  readonly madeFolders: readonly FolderStep[];
}

export interface PlanOptions {
  readonly set: ChangeSet;
  readonly selection: Selection;
  readonly contents: MergeContents;
  readonly answers?: ReviewAnswers | undefined;
  readonly workspace: FileTree;
  readonly folders: FolderMemo;
  readonly layer: FileTree;
  readonly signal: AbortSignal;
}

const DEFAULT_FOLDER_MODE = 0o755;

/** Decides everything before anything is touched. Reads the workspace, writes nothing. */
export async function planMerge(options: PlanOptions): Promise<MergePlan> {
  const conflicts: BytePath[] = [];
  const refused: { path: BytePath; reason: string }[] = [];
  let taken: TakenChange[] = [];
  const pace = new Pace(options.signal);
  for (const item of options.selection.chosen) {
    if (pace.due) await pace.breathe();
    const decision = await decide(options, item);
    if (decision.verdict === 'conflict') conflicts.push(item.path);
    else if (decision.verdict === 'refused') refused.push({ path: item.path, reason: decision.reason });
    else {
      const { after, source, part } = decision;
      taken.push({ item, after, source, ...(part === undefined ? {} : { part }) });
    }
  }
  // One refusal can take away what another change builds on, so this goes on until nothing more falls.
  for (let before = -1; before !== taken.length; ) {
    before = taken.length;
    const removed = await removedPaths(taken);
    const kept: TakenChange[] = [];
    for (const change of taken) {
      if (pace.due) await pace.breathe();
      const reason = change.after.type === 'absent' ? undefined : await obstacle(options, change.item, removed);
      if (reason === undefined) kept.push(change);
      else refused.push({ path: change.item.path, reason });
    }
    taken = kept;
  }
  const removedFolders = await foldersToRemove(options, taken);
  return { taken, conflicts, refused, removedFolders, madeFolders: await foldersToMake(options, taken) };
}

/** What went while it was looked at closer is refused; where the old bytes are lost, both sides are shown whole. */
async function decide({ contents, answers }: PlanOptions, item: ChangeItem): Promise<MergeDecision> {
  try {
    return await decideChange(item, contents, answers?.get(item.path));
  } catch (error) {
    const trouble = readTroubleOf(error);
    if (trouble === undefined) throw error;
    if (trouble === 'lost') return { verdict: 'conflict' };
    return { verdict: 'refused', reason: 'it changed while the merge was prepared' };
  }
}

async function removedPaths(taken: readonly TakenChange[]): Promise<ReadonlySet<BytePath>> {
  const removed = new Set<BytePath>();
  await eachPaced(taken, ({ item, after }) => {
    if (after.type === 'absent') removed.add(item.path);
    if (item.from !== undefined) removed.add(item.from);
  });
  return removed;
}

/** What in the workspace stands in the way of a path, and does not go with this merge. */
async function obstacle(
  { workspace, folders }: PlanOptions,
  item: ChangeItem,
  removed: ReadonlySet<BytePath>,
): Promise<string | undefined> {
  for (const folder of ancestorsOf(item.path)) {
    const type = await folders.typeOf(folder);
    if (type === undefined) break;
    if (type === 'folder' || removed.has(folder)) continue;
    const what = type === 'symlink' ? 'a symbolic link, which is never followed' : 'not a folder';
    return `"${toText(folder)}" is ${what} in the workspace`;
  }
  if (item.current.state.type !== 'folder') return undefined;
  const stays = await staysIn(workspace, item.path, removed);
  return stays === undefined ? undefined : `the folder holds "${toText(stays)}", which stays`;
}

async function staysIn(
  tree: FileTree,
  folder: BytePath,
  removed: ReadonlySet<BytePath>,
): Promise<BytePath | undefined> {
  const names = await namesIn(tree, folder);
  if (names === undefined) return folder;
  for (const name of names) {
    const path = join(folder, name);
    const stat = await tree.stat(path);
    const stays = stat?.type === 'folder' ? await staysIn(tree, path, removed) : removed.has(path) ? undefined : path;
    if (stays !== undefined) return stays;
  }
  return undefined;
}

/** Folders that the session removed, of which this merge takes something, or all when everything is merged. */
async function foldersToRemove(options: PlanOptions, taken: readonly TakenChange[]): Promise<readonly FolderStep[]> {
  const { set, selection, workspace } = options;
  const touched = new Set<BytePath>();
  const pace = new Pace(options.signal);
  for (const path of await removedPaths(taken)) {
    if (pace.due) await pace.breathe();
    for (const folder of ancestorsOf(path)) touched.add(folder);
  }
  const replaced = new Set<BytePath>();
  await eachPaced(taken, ({ item }) => {
    if (item.current.state.type === 'folder') replaced.add(item.path);
  });
  const found: FolderStep[] = [];
  for (const path of set.removedFolders) {
    if (pace.due) await pace.breathe();
    const isReplaced = replaced.has(path) || ancestorsOf(path).some((each) => replaced.has(each));
    if (!(selection.whole || touched.has(path) || isReplaced)) continue;
    const stat = await workspace.stat(path);
    if (stat?.type === 'folder') found.push({ path, mode: stat.mode });
  }
  return found;
}

async function foldersToMake(options: PlanOptions, taken: readonly TakenChange[]): Promise<readonly FolderStep[]> {
  const found = new Map<BytePath, FolderStep>();
  const pace = new Pace(options.signal);
  for (const { item, after } of taken) {
    if (pace.due) await pace.breathe();
    if (after.type === 'absent') continue;
    for (const path of ancestorsOf(item.path)) {
      if (found.has(path) || (await options.folders.typeOf(path)) === 'folder') continue;
      const mode = (await options.layer.stat(path))?.mode ?? DEFAULT_FOLDER_MODE;
      found.set(path, { path, mode });
    }
  }
  const paths = await sortPaced([...found.keys()], options.signal);
  return paths.flatMap((path) => found.get(path) ?? []);
}

/** The steps of a plan, each with the name of its temporary file. */
export async function toSteps(plan: MergePlan, id: string, folders: FolderMemo): Promise<readonly MergeStep[]> {
  const steps: MergeStep[] = [];
  const pace = new Pace();
  for (const { item, after, part } of plan.taken) {
    if (pace.due) await pace.breathe();
    const { path, from, base } = item;
    const staged = after.type === 'file' || after.type === 'symlink';
    const temporary = staged ? temporaryName(await folders.nearest(path), id, steps.length) : undefined;
    steps.push({
      path,
      before: item.current.state,
      after,
      ...(temporary === undefined ? {} : { temporary }),
      baseBefore: from === undefined ? (base ?? ABSENT) : ABSENT,
      baseAfter: part?.state ?? item.after,
    });
    if (from === undefined || item.currentFrom === undefined) continue;
    const before = item.currentFrom.state;
    steps.push({ path: from, before, after: ABSENT, needs: path, baseBefore: base ?? ABSENT, baseAfter: ABSENT });
  }
  return steps;
}

export function temporaryName(folder: BytePath, id: string, index: number): BytePath {
  return join(folder, `.cavern-merge-${id}-${index}`);
}
