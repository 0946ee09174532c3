import type { SessionLayer } from '../../sandboxes/session-layer.ts';
import { type BytePath, join, toText } from '../files/byte-path.ts';
import type { ChangeItem, ChangeSet } from './change-item.ts';
import { wholeContent } from '../files/content.ts';
import { ABSENT, type FileState, digestOf, sameState, sizeOf } from '../files/file-state.ts';
import type { FileTree } from '../files/file-tree.ts';
import { GitFolders } from '../git/git-folders.ts';
import { trackedPaths } from '../git/git-index.ts';
import { HiddenPaths } from '../files/hidden-paths.ts';
import { IgnoreRules } from './ignore-rules.ts';
import type { LayerMark } from './layer-reader.ts';
import { NOTHING, type Observed, type Observer } from './observer.ts';
import { Pace, eachPaced, filterPaced, mapPaced, sortPaced } from '../pace.ts';
import { type RenameCandidate, findRenames } from './renames.ts';
import { fingerprint, type Measured } from './similarity.ts';
import { type TouchedPaths, touchedPaths } from './touched-paths.ts';

export interface ChangeSetOptions {
  readonly layer: SessionLayer;
  readonly marks: readonly LayerMark[];
  readonly written: Observer;
  readonly workspace: Observer;
  readonly bases: ReadonlyMap<BytePath, FileState>;
  /** By name alone: what a deleted file held is not looked at. */
  readonly looksSecret: (path: string, head: Uint8Array) => boolean;
  /** Given each item as soon as it is judged, before what was moved is paired; waited for where it takes time. */
  readonly onItem?: (item: ChangeItem) => Promise<void> | undefined;
  readonly signal: AbortSignal;
}

const CONFIGURATION_LIMIT_BYTES = 64 * 1024 * 1024;
const SIMILARITY_LIMIT_BYTES = 1024 * 1024;
const NO_BYTES = new Uint8Array(0);

async function textOf(tree: FileTree, path: BytePath): Promise<Buffer | undefined> {
  const stat = await tree.stat(path);
  if (stat?.type !== 'file') return undefined;
  try {
    return await wholeContent(await tree.content(path), CONFIGURATION_LIMIT_BYTES);
  } catch {
    // Unreadable for the operator: it then says nothing about what is ignored, and more is listed than need be.
    return undefined;
  }
}

const GIT = '.git' as BytePath; // a plain name is a path

async function ignoreRules(workspace: FileTree, signal: AbortSignal): Promise<Reading['ignored']> {
  const exclude = await textOf(workspace, join(join(GIT, 'info'), 'exclude'));
  const index = await textOf(workspace, join(GIT, 'index'));
  const tracked = index && (await trackedPaths(index, new Pace(signal)));
  const rules = new IgnoreRules(
    async (folder) => (await textOf(workspace, join(folder, '.gitignore')))?.toString('latin1'),
    exclude?.toString('latin1'),
  );
  return (path, state) => {
    if (rules.tellsNothingOf(path) || tracked?.has(path)) return false;
    return rules.ignores(path, state.type === 'folder' ? 'folder' : 'other');
  };
}

/** What the session had before it when its layer began; undefined when the operator has changed it since and nobody kept it. */
export function baseOf(current: Observed, recorded: FileState | undefined, layer: SessionLayer): FileState | undefined {
  if (recorded) return recorded;
  if (current.state.type === 'absent' || current.state.type === 'folder') return current.state;
  // The start is kept in whole milliseconds, rounded down.
  return Math.floor(current.ctimeMs) <= layer.startedAtMs ? current.state : undefined;
}

/** Everything a session changed, judged against the workspace as it was and as it is. */
export async function readChangeSet(options: ChangeSetOptions): Promise<ChangeSet> {
  const { layer, marks, written, workspace, signal } = options;
  const git = new GitFolders([written.tree, workspace.tree]);
  const touched = await touchedPaths({ marks, workspace: workspace.tree, git, signal });
  const reading: Reading = {
    ...options,
    touched,
    hidden: new HiddenPaths(layer.maskedPaths),
    ignored: await ignoreRules(workspace.tree, signal),
  };
  const items = await readItems(reading, await sortPaced([...touched.found.keys()], signal));
  const removed = await sortPaced([...touched.removedFolders], signal);
  return { items: await pairRenames(options, items), removedFolders: removed.reverse() };
}

interface Reading extends ChangeSetOptions {
  readonly touched: TouchedPaths;
  readonly hidden: HiddenPaths;
  readonly ignored: (path: BytePath, state: FileState) => boolean | Promise<boolean>;
}

/** The changes at these paths, and at those that only looking at them makes known; in byte order. */
async function readItems(reading: Reading, paths: readonly BytePath[]): Promise<readonly ChangeItem[]> {
  const { touched, signal } = reading;
  const items: ChangeItem[] = [];
  const pace = new Pace(signal);
  const known = touched.found.size;
  for (const path of paths) {
    if (pace.due) await pace.breathe();
    const item = await readItem(reading, path);
    if (item !== undefined) items.push(item);
  }
  if (touched.found.size === known) return items;
  const more = [...touched.found.keys()].slice(known);
  return inOrder([items, await readItems(reading, more)], signal);
}

async function inOrder(lists: readonly (readonly ChangeItem[])[], signal: AbortSignal): Promise<readonly ChangeItem[]> {
  const byPath = new Map<BytePath, ChangeItem>();
  for (const items of lists) await eachPaced(items, (item) => byPath.set(item.path, item), signal);
  const items: ChangeItem[] = [];
  const add = (path: BytePath): void => {
    const item = byPath.get(path);
    if (item !== undefined) items.push(item);
  };
  await eachPaced(await sortPaced([...byPath.keys()], signal), add, signal);
  return items;
}

async function readItem(reading: Reading, path: BytePath): Promise<ChangeItem | undefined> {
  const { touched, written, workspace } = reading;
  const found = touched.found.get(path);
  const isWritten = found?.by === 'write';
  const after = isWritten ? await written.observe(path, found.written) : NOTHING;
  const current = await workspace.observe(path, found?.workspace);
  if (isWritten && current.state.type === 'folder' && after.state.type !== 'folder') await touched.replaceFolder(path);
  const judged = judge(reading, path, { after, current });
  if (judged === undefined) return undefined;
  const state = after.state.type === 'absent' ? current.state : after.state;
  const told = reading.ignored(path, state);
  const hidden = reading.hidden.touches(path);
  const item: ChangeItem = {
    path,
    kind: judged.kind,
    base: judged.base,
    after: after.state,
    current,
    ignored: typeof told === 'boolean' ? told : await told,
    secret: hidden || after.secret || reading.looksSecret(toText(path), NO_BYTES),
    hidden,
    conflict: judged.base === undefined,
  };
  const kept = reading.onItem?.(item);
  if (kept !== undefined) await kept;
  return item;
}

interface Sides {
  readonly after: Observed;
  readonly current: Observed;
}

/** Undefined where nothing changed, or nothing that could be brought back. */
function judge(
  { bases, layer }: Reading,
  path: BytePath,
  { after: { state: after }, current }: Sides,
): Pick<ChangeItem, 'kind' | 'base'> | undefined {
  const base = baseOf(current, bases.get(path), layer);
  if (sameState(after, current.state) || (base && sameState(after, base))) return undefined;
  const before = base ?? current.state;
  const wasNothing = before.type === 'absent' || before.type === 'folder';
  // Gone on both sides, or never there.
  if (after.type === 'absent' && wasNothing) return undefined;
  return { kind: wasNothing ? 'added' : after.type === 'absent' ? 'deleted' : 'modified', base };
}

/** Two changes become one where what is gone came back under another name. */
async function pairRenames(options: ChangeSetOptions, items: readonly ChangeItem[]): Promise<readonly ChangeItem[]> {
  const { signal } = options;
  const deleted = await candidates('deleted', items, signal);
  if (deleted.length === 0) return items;
  const added = await candidates('added', items, signal);
  const renames = await findRenames({
    deleted,
    added,
    signal,
    measure: (candidate, side) => measure(side === 'added' ? options.written.tree : options.workspace.tree, candidate),
  });
  if (renames.length === 0) return items;
  const byPath = new Map<BytePath, ChangeItem>();
  await eachPaced(items, (item) => byPath.set(item.path, item), signal);
  const sources = new Map<BytePath, BytePath>();
  const gone = new Set<BytePath>();
  await eachPaced(renames, ({ from, to }) => sources.set(to, from) && gone.add(from), signal);
  const kept = await filterPaced(items, (item) => !gone.has(item.path), signal);
  const paired = (item: ChangeItem): ChangeItem => {
    const from = sources.get(item.path);
    const source = from === undefined ? undefined : byPath.get(from);
    if (from === undefined || source === undefined) return item;
    return { ...item, kind: 'renamed', from, base: source.base, currentFrom: source.current };
  };
  return mapPaced(kept, paired, signal);
}

async function candidates(
  kind: 'added' | 'deleted',
  items: readonly ChangeItem[],
  signal: AbortSignal,
): Promise<readonly RenameCandidate[]> {
  const found: RenameCandidate[] = [];
  const look = (item: ChangeItem): void => {
    if (item.kind !== kind || item.ignored || item.secret || item.hidden || item.conflict) return;
    const state = kind === 'added' ? item.after : (item.base ?? ABSENT);
    const sha256 = digestOf(state);
    if (sha256 === null || item.current.state.type === 'folder') return;
    if (kind === 'deleted' && !sameState(item.current.state, state)) return;
    const type = state.type === 'symlink' ? 'symlink' : 'file';
    found.push({ path: item.path, sha256, sizeBytes: sizeOf(state), type });
  };
  await eachPaced(items, look, signal);
  return found;
}

async function measure(tree: FileTree, candidate: RenameCandidate): Promise<Measured | undefined> {
  if (candidate.sizeBytes > SIMILARITY_LIMIT_BYTES) return undefined;
  try {
    const bytes = await wholeContent(await tree.content(candidate.path), SIMILARITY_LIMIT_BYTES);
    return bytes && { sizeBytes: bytes.length, pieces: fingerprint(bytes) };
  } catch {
    // It went while the list was made; then there is nothing to compare.
    return undefined;
  }
}
