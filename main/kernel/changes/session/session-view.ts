import type { SessionId } from '../../../../schema/entities.ts';
import { Fault } from '../../../../schema/fault.ts';
import type { SessionLayer } from '../../sandboxes/session-layer.ts';
import type { BaseRecords } from './base-records.ts';
import type { BytePath } from '../files/byte-path.ts';
import type { ChangeItem, ChangeSet } from '../listing/change-item.ts';
import { readChangeSet } from '../listing/change-set.ts';
import type { ContentStore, ContentStores } from '../files/content-store.ts';
import { type FileState, sameState } from '../files/file-state.ts';
import type { FileTree } from '../files/file-tree.ts';
import type { LayerReader } from '../listing/layer-reader.ts';
import { Observer, type ObserverMemory, type SecretPredicate } from '../listing/observer.ts';
import { Pace } from '../pace.ts';
import type { TextWork } from '../diff/text-operations.ts';
import type { WorkspaceFiles, WorkspaceTree } from '../files/workspace-files.ts';

export interface SessionViewPorts {
  readonly reader: LayerReader;
  readonly workspaces: WorkspaceFiles;
  readonly contents: ContentStores;
  readonly bases: BaseRecords;
  readonly looksSecret: SecretPredicate;
  readonly texts: TextWork;
  readonly now: () => number;
}

/** What is remembered of a session between two looks. */
export interface SessionMemory {
  readonly written: ObserverMemory;
  readonly workspace: ObserverMemory;
  bases: Map<BytePath, FileState> | undefined;
  /** The change set that was read last. */
  last: ChangeSet | undefined;
}

export function newMemory(): SessionMemory {
  return { written: new Map(), workspace: new Map(), bases: undefined, last: undefined };
}

/** A session's change set together with the files it is about, held open. */
export interface SessionView extends Disposable {
  readonly layer: SessionLayer;
  readonly set: ChangeSet;
  readonly written: FileTree;
  readonly workspace: WorkspaceTree;
}

async function openWorkspace(files: WorkspaceFiles, layer: SessionLayer): Promise<WorkspaceTree> {
  try {
    return await files.open(layer.workspace);
  } catch (cause) {
    throw new Fault(
      'workspace_invalid',
      `Cannot open the workspace "${layer.workspace}": it is no folder that can be read`,
      {
        cause,
        fix: 'Put the folder back where it was, or remove the session.',
      },
    );
  }
}

/** Reads what a session changed, and keeps the old content of every path that is seen to be changed for the first time. */
export async function openSessionView(
  ports: SessionViewPorts,
  layer: SessionLayer,
  options: { readonly memory: SessionMemory; readonly signal: AbortSignal },
): Promise<SessionView> {
  const { memory, signal } = options;
  memory.bases ??= await ports.bases.load(layer.session);
  const marks = await ports.reader.marks(layer, signal);
  const workspace = await openWorkspace(ports.workspaces, layer);
  const written = ports.reader.open(layer);
  const view = { layer, workspace, written, [Symbol.dispose]: () => closeBoth(workspace, written) };
  try {
    const { now, looksSecret } = ports;
    const read = new ReadContents();
    const set = await readChangeSet({
      layer,
      marks,
      written: new Observer({ tree: written, memory: memory.written, now, looksSecret }),
      workspace: new Observer({
        tree: workspace,
        memory: memory.workspace,
        now,
        onContent: (path, content) => read.add(path, content),
      }),
      bases: memory.bases,
      looksSecret,
      signal,
    });
    await keepBases(ports, view, { set, bases: memory.bases, read, signal });
    memory.last = set;
    return { ...view, set };
  } catch (error) {
    view[Symbol.dispose]();
    throw error;
  }
}

function closeBoth(workspace: FileTree, written: FileTree): void {
  workspace[Symbol.dispose]();
  written[Symbol.dispose]();
}

/**
 * The files without the change set, where the set that was read last still says what is at one path: to look at one
 * change, the others need not be read again. Undefined when it does not.
 */
export async function openItemView(
  ports: SessionViewPorts,
  layer: SessionLayer,
  options: { readonly memory: SessionMemory; readonly item: ChangeItem },
): Promise<SessionView | undefined> {
  const { memory, item } = options;
  if (memory.last === undefined) return undefined;
  const workspace = await openWorkspace(ports.workspaces, layer);
  const written = ports.reader.open(layer);
  const { now } = ports;
  const view = { layer, workspace, written, set: memory.last, [Symbol.dispose]: () => closeBoth(workspace, written) };
  const ours = new Observer({ tree: written, memory: memory.written, now });
  const theirs = new Observer({ tree: workspace, memory: memory.workspace, now });
  const same =
    (item.after.type === 'absent' || sameState((await ours.observe(item.path)).state, item.after)) &&
    (await theirs.unchanged(item.path, item.current)) &&
    (item.from === undefined ||
      item.currentFrom === undefined ||
      (await theirs.unchanged(item.from, item.currentFrom)));
  if (same) return view;
  view[Symbol.dispose]();
  return undefined;
}

interface Keeping {
  readonly set: ChangeSet;
  readonly bases: Map<BytePath, FileState>;
  readonly read: ReadContents;
  readonly signal: AbortSignal;
}

const READ_LIMIT_BYTES = 32 * 1024 * 1024;

/** What was just read of the workspace, up to a limit: it need not be read again to be kept. */
class ReadContents {
  readonly #contents = new Map<BytePath, Uint8Array>();
  #bytes = 0;

  add(path: BytePath, content: Uint8Array): void {
    if (this.#bytes + content.byteLength > READ_LIMIT_BYTES) return;
    this.#bytes += content.byteLength;
    this.#contents.set(path, content);
  }

  get(path: BytePath): Uint8Array | undefined {
    return this.#contents.get(path);
  }
}

/** Ignored and secret-looking files are not copied anywhere before somebody asks for them to be merged. */
async function keepBases(
  ports: SessionViewPorts,
  view: { readonly layer: SessionLayer; readonly workspace: WorkspaceTree },
  keeping: Keeping,
): Promise<void> {
  const fresh = new Map<BytePath, FileState>();
  const contents = ports.contents.of(view.layer.session);
  const pace = new Pace(keeping.signal);
  for (const item of keeping.set.items) {
    const path = item.from ?? item.path;
    if (!isKept(item) || keeping.bases.has(path)) continue;
    if (pace.due) await pace.breathe();
    if (item.base.type === 'file') {
      const kept = await keepContent(contents, keeping.read.get(path) ?? { tree: view.workspace, path });
      // It changed just now: the next look will find no base, and show a conflict.
      if (kept !== item.base.sha256) continue;
    }
    fresh.set(path, item.base);
  }
  await contents.flush();
  await ports.bases.append(view.layer.session, fresh);
  for (const [path, state] of fresh) keeping.bases.set(path, state);
}

function isKept(item: ChangeItem): item is ChangeItem & { readonly base: FileState } {
  if (item.ignored || item.secret || item.hidden) return false;
  return item.base?.type === 'file' || item.base?.type === 'symlink';
}

async function keepContent(
  contents: ContentStore,
  from: Uint8Array | { readonly tree: FileTree; readonly path: BytePath },
): Promise<string | undefined> {
  try {
    return await contents.put(from instanceof Uint8Array ? from : await from.tree.content(from.path));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'EACCES') return undefined;
    throw error;
  }
}

export interface SessionLayers {
  /** Throws `not_found` for a session without a layer. */
  layer(session: SessionId): SessionLayer | Promise<SessionLayer>;
  /** True while a sandbox has the layer mounted. */
  isRunning(session: SessionId): boolean;
}
