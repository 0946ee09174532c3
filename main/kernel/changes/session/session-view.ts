import type { SessionId } from '../../../../schema/entities.ts';
import { Fault } from '../../../../schema/fault.ts';
import type { SessionLayer } from '../../sandboxes/session-layer.ts';
import { BaseKeeper } from './base-keeper.ts';
import type { BaseRecords } from './base-records.ts';
import type { BytePath } from '../files/byte-path.ts';
import type { ChangeItem, ChangeSet } from '../listing/change-item.ts';
import { readChangeSet } from '../listing/change-set.ts';
import type { ContentStores } from '../files/content-store.ts';
import { type FileState, sameState } from '../files/file-state.ts';
import type { FileTree } from '../files/file-tree.ts';
import { type NoRoom, needingRoom } from '../files/full-disk.ts';
import { openFolder } from '../files/open-folder.ts';
import { readTroubleOf } from '../files/read-trouble.ts';
import type { LayerReader } from '../listing/layer-reader.ts';
import { Observer, type ObserverMemory, type SecretPredicate } from '../listing/observer.ts';
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

function openWorkspace(files: WorkspaceFiles, { workspace }: SessionLayer): Promise<WorkspaceTree> {
  const fix = 'Put the folder back where it was, or remove the session.';
  return openFolder(files, workspace, { action: 'open the workspace', fix });
}

const NO_ROOM: NoRoom = {
  action: 'Cannot read the changes of the session',
  why: 'What a file was before is kept beside the session when its change is first seen, and there is no room for that. Nothing is lost: the session and the folder are as they were.',
  fix: 'Make room on the disk that Cavern keeps its data on, discard changes or remove sessions that are not needed, and read the list again.',
};

/** The layer goes with its session, whoever is reading it. */
async function readingLayer<T>({ session }: SessionLayer, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (readTroubleOf(cause) === undefined || cause instanceof Fault) throw cause;
    throw new Fault('not_found', `Cannot read the changes of session "${session}": its layer is not there`, { cause });
  }
}

export interface SessionViewOptions {
  readonly memory: SessionMemory;
  /** Whether the old content of what is seen to be changed for the first time is kept: that needs room on the disk. */
  readonly keep: 'old contents' | 'nothing';
  readonly signal: AbortSignal;
}

/** Reads what a session changed, and keeps what it started from. Throws `workspace_invalid`, `not_found`, `disk_full`. */
export async function openSessionView(
  ports: SessionViewPorts,
  layer: SessionLayer,
  options: SessionViewOptions,
): Promise<SessionView> {
  const { memory, keep, signal } = options;
  memory.bases ??= await ports.bases.load(layer.session);
  const files = await openFiles(ports, layer);
  const { workspace, written } = files;
  try {
    const marks = await readingLayer(layer, () => ports.reader.marks(layer, signal));
    const { now, looksSecret } = ports;
    const keeper = new BaseKeeper({
      workspace,
      bases: memory.bases,
      contents: ports.contents.of(layer.session),
      append: (fresh) => ports.bases.append(layer.session, fresh),
    });
    const onContent = (path: BytePath, content: Uint8Array): void => keeper.noteRead(path, content);
    const reading = {
      layer,
      marks,
      written: new Observer({ tree: written, memory: memory.written, now, looksSecret }),
      workspace: new Observer({ tree: workspace, memory: memory.workspace, now, onContent }),
      bases: memory.bases,
      looksSecret,
      signal,
    };
    const set =
      keep === 'nothing'
        ? await readChangeSet(reading)
        : await needingRoom(NO_ROOM, async () => {
            const read = await readChangeSet({ ...reading, onItem: (item) => keeper.keep(item) });
            await keeper.finish();
            return read;
          });
    memory.last = set;
    return { ...files, set };
  } catch (error) {
    files[Symbol.dispose]();
    throw error;
  }
}

/** Throws `workspace_invalid`, `not_found`. */
async function openFiles(ports: SessionViewPorts, layer: SessionLayer): Promise<Omit<SessionView, 'set'>> {
  const workspace = await openWorkspace(ports.workspaces, layer);
  try {
    const written = await readingLayer(layer, () => ports.reader.open(layer));
    return { layer, workspace, written, [Symbol.dispose]: () => closeBoth(workspace, written) };
  } catch (error) {
    workspace[Symbol.dispose]();
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
  const { memory } = options;
  if (memory.last === undefined) return undefined;
  const files = await openFiles(ports, layer);
  try {
    if (await isAsListed(files, { ...options, now: ports.now })) return { ...files, set: memory.last };
  } catch (error) {
    files[Symbol.dispose]();
    throw error;
  }
  files[Symbol.dispose]();
  return undefined;
}

interface ListedItem {
  readonly memory: SessionMemory;
  readonly item: ChangeItem;
  readonly now: () => number;
}

async function isAsListed(files: Omit<SessionView, 'set'>, { memory, item, now }: ListedItem): Promise<boolean> {
  const ours = new Observer({ tree: files.written, memory: memory.written, now });
  const theirs = new Observer({ tree: files.workspace, memory: memory.workspace, now });
  return (
    (item.after.type === 'absent' || sameState((await ours.observe(item.path)).state, item.after)) &&
    (await theirs.unchanged(item.path, item.current)) &&
    (item.from === undefined || item.currentFrom === undefined || theirs.unchanged(item.from, item.currentFrom))
  );
}

export interface SessionLayers {
  /** Throws `not_found` for a session without a layer. */
  layer(session: SessionId): SessionLayer | Promise<SessionLayer>;
  /** True while a sandbox has the layer mounted. */
  isRunning(session: SessionId): boolean;
}
