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
import { Pace } from '../pace.ts';
import { type RenameCandidate, findRenames } from './renames.ts';
import { fingerprint, type Measured } from './similarity.ts';
import { touchedPaths } from './touched-paths.ts';

export interface ChangeSetOptions {
  readonly layer: SessionLayer;
  readonly marks: readonly LayerMark[];
  readonly written: Observer;
  readonly workspace: Observer;
  readonly bases: ReadonlyMap<BytePath, FileState>;
  /** By name alone: what a deleted file held is not looked at. */
  readonly looksSecret: (path: string, head: Uint8Array) => boolean;
  /** Given each item as soon as it is judged, before what was moved is paired. */
  readonly onItem?: (item: ChangeItem) => Promise<void>;
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

async function ignoreRules(workspace: FileTree): Promise<(path: BytePath, state: FileState) => Promise<boolean>> {
  const exclude = await textOf(workspace, join(join(GIT, 'info'), 'exclude'));
  const index = await textOf(workspace, join(GIT, 'index'));
  const tracked = index && trackedPaths(index);
  const rules = new IgnoreRules(
    async (folder) => (await textOf(workspace, join(folder, '.gitignore')))?.toString('latin1'),
    exclude?.toString('latin1'),
  );
  return async (path, state) => {
    if (tracked?.has(path)) return false;
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
  const pace = new Pace(signal);
  // Without a function that compares it is many times as fast, and in the same order: one character is one byte.
  const paths = [...new Set([...touched.written.keys(), ...touched.removed.keys()])].sort();
  if (pace.due) await pace.breathe();
  const hidden = new HiddenPaths(layer.maskedPaths);
  const ignored = await ignoreRules(workspace.tree);
  const items: ChangeItem[] = [];
  for (const path of paths) {
    if (pace.due) await pace.breathe();
    const found = touched.written.get(path);
    const after = found ? await written.observe(path, found.written) : NOTHING;
    const current = await workspace.observe(path, (found ?? touched.removed.get(path))?.workspace);
    const judged = judge(options, { path, after, current, hidden: hidden.touches(path) });
    if (judged === undefined) continue;
    const state = judged.after.type === 'absent' ? current.state : judged.after;
    const item = { ...judged, ignored: await ignored(path, state) };
    items.push(item);
    await options.onItem?.(item);
  }
  return { items: await pairRenames(options, items), removedFolders: touched.removedFolders };
}

interface Sides {
  readonly path: BytePath;
  readonly after: Observed;
  readonly current: Observed;
  readonly hidden: boolean;
}

function judge(options: ChangeSetOptions, sides: Sides): Omit<ChangeItem, 'ignored'> | undefined {
  const { path, current, hidden } = sides;
  const after = sides.after.state;
  const base = baseOf(current, options.bases.get(path), options.layer);
  if (sameState(after, current.state) || (base && sameState(after, base))) return undefined;
  const before = base ?? current.state;
  const kind =
    before.type === 'absent' || before.type === 'folder' ? 'added' : after.type === 'absent' ? 'deleted' : 'modified';
  // Gone on both sides, or never there: nothing that could be brought back.
  if (after.type === 'absent' && (before.type === 'absent' || before.type === 'folder')) return undefined;
  const secret = hidden || sides.after.secret || options.looksSecret(toText(path), NO_BYTES);
  return { path, kind, base, after, current, secret, hidden, conflict: base === undefined };
}

/** Two changes become one where what is gone came back under another name. */
async function pairRenames(options: ChangeSetOptions, items: readonly ChangeItem[]): Promise<readonly ChangeItem[]> {
  const plain = items.filter((item) => !item.ignored && !item.secret && !item.hidden && !item.conflict);
  const candidates = (kind: 'added' | 'deleted'): RenameCandidate[] =>
    plain.flatMap((item) => {
      const state = kind === 'added' ? item.after : (item.base ?? ABSENT);
      const sha256 = digestOf(state);
      if (item.kind !== kind || sha256 === null || item.current.state.type === 'folder') return [];
      if (kind === 'deleted' && !sameState(item.current.state, state)) return [];
      return { path: item.path, sha256, sizeBytes: sizeOf(state), type: state.type === 'symlink' ? 'symlink' : 'file' };
    });
  const pace = new Pace(options.signal);
  const deleted = candidates('deleted');
  if (deleted.length === 0) return items;
  await pace.breathe();
  const added = candidates('added');
  await pace.breathe();
  const renames = await findRenames({
    deleted,
    added,
    signal: options.signal,
    measure: (candidate, side) => measure(side === 'added' ? options.written.tree : options.workspace.tree, candidate),
  });
  if (renames.length === 0) return items;
  await pace.breathe();
  const byPath = new Map(items.map((item) => [item.path, item]));
  const sources = new Map(renames.map((each) => [each.to, each.from]));
  const gone = new Set(sources.values());
  return items.flatMap((item) => {
    if (gone.has(item.path)) return [];
    const from = sources.get(item.path);
    const source = from === undefined ? undefined : byPath.get(from);
    if (from === undefined || source === undefined) return item;
    return { ...item, kind: 'renamed' as const, from, base: source.base, currentFrom: source.current };
  });
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
