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
    const keeper = new BaseKeeper({
      workspace,
      bases: memory.bases,
      contents: ports.contents.of(layer.session),
      append: (fresh) => ports.bases.append(layer.session, fresh),
    });
    const set = await readChangeSet({
      layer,
      marks,
      written: new Observer({ tree: written, memory: memory.written, now, looksSecret }),
      workspace: new Observer({
        tree: workspace,
        memory: memory.workspace,
        now,
        onContent: (path, content) => keeper.noteRead(path, content),
      }),
      bases: memory.bases,
      looksSecret,
      onItem: (item) => keeper.keep(item),
      signal,
    });
    await keeper.finish();
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

export interface SessionLayers {
  /** Throws `not_found` for a session without a layer. */
  layer(session: SessionId): SessionLayer | Promise<SessionLayer>;
  /** True while a sandbox has the layer mounted. */
  isRunning(session: SessionId): boolean;
}
