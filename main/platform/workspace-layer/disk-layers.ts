import type { Stats } from 'node:fs';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  rm,
  rmdir,
  statfs,
  symlink,
  unlink,
  utimes,
} from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { hiddenFiles } from '../../kernel/sandboxes/hidden-files.ts';
import type {
  LayerFolders,
  LayerProbe,
  LayerRequest,
  PreparedLayer,
  SessionLayer,
  WorkspaceLayers,
} from '../../kernel/sandboxes/session-layer.ts';
import { copyWorkspace } from './copied-workspace.ts';
import { readCopyRecord } from './copy-record.ts';
import { IdMapper, type UserIds } from './id-mapper.ts';
import { linuxCalls } from './linux-calls.ts';
import { mountsBelow } from './mount-table.ts';
import { extendMask, writeMask } from './secret-mask.ts';
import { below, isErrno, scanSecrets } from './secret-scan.ts';
import { removeTree } from './remove-tree.ts';
import { usedBytes } from './used-bytes.ts';
import { checkWorkspace } from './workspace-check.ts';

export interface DiskLayersOptions {
  /** Cavern's home; no workspace may hold it or lie in it. */
  readonly home: string;
  /** Where sessions have their folders. */
  readonly sessions: string;
  /** Globs of what the operator wants hidden besides. */
  readonly hiddenFiles?: () => readonly string[];
  /** Less room than this, and no session starts. */
  readonly minimumFreeBytes?: number;
}

const MINIMUM_FREE_BYTES = 256 * 1024 * 1024;

/** Layers on a disk of this machine: an overlay over the live folder where the system can, else a copy. */
export class DiskLayers implements WorkspaceLayers, AsyncDisposable {
  readonly #options: DiskLayersOptions;
  readonly #mapper = new IdMapper();
  /** The workspace of each mounted layer, as it was when the layer was made. */
  readonly #seen = new Map<
    SessionId,
    { readonly state: Stats; readonly mapping: ReturnType<IdMapper['mappingFor']> }
  >();

  /** What copies took when they were made. */
  readonly #copies = new Map<string, number>();

  constructor(options: DiskLayersOptions) {
    this.#options = options;
  }

  checkWorkspace(path: string): Promise<string> {
    return checkWorkspace(path, this.#options.home);
  }

  folders(session: SessionId): LayerFolders {
    const root = join(this.#options.sessions, session);
    const at = (name: string): string => join(root, name);
    return { root, upper: at('upper'), work: at('work'), mask: at('mask'), lower: at('lower'), copy: at('copy') };
  }

  async prepare(request: LayerRequest): Promise<PreparedLayer> {
    await this.#checkRoom();
    const folders = this.folders(request.session);
    await mkdir(folders.root, { recursive: true, mode: 0o711 });
    if (request.strategy === 'copy' || request.former?.strategy === 'copy') {
      return this.#prepareCopy(request, 'the engine cannot mount an overlay here');
    }
    if (process.platform !== 'linux') return this.#prepareCopy(request, 'overlays are a feature of Linux');
    try {
      return await this.#prepareOverlay(request);
    } catch (thrown) {
      if (!(thrown instanceof MappingImpossible)) throw thrown;
      return this.#prepareCopy(request, thrown.message);
    }
  }

  async renew(layer: SessionLayer, nowMs: number): Promise<SessionLayer | undefined> {
    const { session, workspace, mask, upper } = layer;
    const seen = this.#seen.get(session);
    const state = await lstat(workspace);
    if (seen === undefined || layer.strategy !== 'overlay' || !isSameFolder(seen.state, state)) return undefined;
    const secrets = await this.secrets(workspace);
    const known = new Set(layer.maskedPaths);
    const paths = secrets.filter((path) => !known.has(path.toString()));
    const { mapping } = seen;
    const ownerInside = (id: UserIds): UserIds => this.#mapper.shownAs(id, mapping);
    if (paths.length > 0) await extendMask({ workspace, mask, paths, ownerInside, calls: linuxCalls() });
    if (state.mtimeMs !== seen.state.mtimeMs) await utimes(upper, state.atime, state.mtime);
    const maskedPaths = [...layer.maskedPaths, ...paths.map((path) => path.toString())].sort();
    return { ...layer, maskedPaths, startedAtMs: nowMs };
  }

  async isWritable({ session, strategy, upper }: SessionLayer, user: UserIds): Promise<boolean> {
    const seen = this.#seen.get(session);
    if (strategy === 'copy' || seen === undefined) return true;
    const { uid } = await lstat(upper);
    return uid === user.uid || this.#mapper.shownAs(seen.state, seen.mapping).uid !== user.uid;
  }

  secrets(workspace: string, signal?: AbortSignal): Promise<readonly Buffer[]> {
    const globs = this.#options.hiddenFiles?.() ?? [];
    return scanSecrets(workspace, { signal, ...(globs.length > 0 ? { isHidden: hiddenFiles(globs) } : {}) });
  }

  async covers({ strategy, upper }: SessionLayer, path: Buffer): Promise<boolean> {
    // A copy does not see what is new.
    if (strategy === 'copy') return true;
    const own = await lstat(below(Buffer.from(upper), path)).catch(() => undefined);
    return own !== undefined;
  }

  async release(session: SessionId): Promise<void> {
    this.#seen.delete(session);
    const { root, lower } = this.folders(session);
    for (const point of await mountsBelow(root)) linuxCalls().unmount(point);
    await this.#removeLower(lower);
  }

  async remove(session: SessionId): Promise<'removed' | 'blocked'> {
    const { root, copy } = this.folders(session);
    this.#copies.delete(copy);
    await this.release(session);
    const stillMounted = await mountsBelow(root);
    // Removing through a mount would remove the operator's own files; mounts are read-only, and this is the second lock.
    if (stillMounted.length > 0) throw new Error(`Cannot remove ${root}: ${stillMounted[0]} is still mounted`);
    try {
      await removeTree(root);
      return 'removed';
    } catch (thrown) {
      if (isErrno(thrown, ['EACCES', 'EPERM', 'ENOTEMPTY'])) return 'blocked';
      throw thrown;
    }
  }

  async mounted(): Promise<readonly SessionId[]> {
    const points = await mountsBelow(this.#options.sessions);
    const names = points.map((point) => relative(this.#options.sessions, point).split(sep)[0] ?? '');
    // Only this class mounts there, in the folders of sessions.
    return [...new Set(names)] as SessionId[];
  }

  async list(): Promise<readonly SessionId[]> {
    const names = await readdir(this.#options.sessions).catch(() => []);
    // Only this class makes folders there, each named by its session.
    return names as SessionId[];
  }

  async usedBytes(session: SessionId, signal?: AbortSignal): Promise<number> {
    const folders = this.folders(session);
    const [used, made] = await Promise.all([
      usedBytes([folders.upper, folders.copy], signal),
      this.#copyBytes(folders.copy),
    ]);
    // What was copied was not written by the session.
    return Math.max(0, used - made);
  }

  async #copyBytes(copy: string): Promise<number> {
    const known = this.#copies.get(copy) ?? (await readCopyRecord(copy))?.bytes ?? 0;
    this.#copies.set(copy, known);
    return known;
  }

  async probe(user: UserIds): Promise<LayerProbe> {
    if (process.platform !== 'linux') return { strategy: 'copy', about: 'copy (overlays are a feature of Linux)' };
    const folder = await mkdtemp(join(this.#options.sessions, 'probe-'));
    try {
      const mapping = this.#mapper.mappingFor(await lstat(folder), user);
      if (!mapping) return { strategy: 'overlay', about: 'overlay' };
      const target = join(folder, 'lower');
      await mkdir(target);
      await this.#mapper.mount({ source: folder, target, mapping });
      linuxCalls().unmount(target);
      return { strategy: 'overlay', about: "overlay, over a mount that shows files of root as the sandbox user's" };
    } catch (thrown) {
      return { strategy: 'copy', about: `copy (${thrown instanceof Error ? thrown.message : 'no overlay'})` };
    } finally {
      for (const point of await mountsBelow(folder)) linuxCalls().unmount(point);
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Takes nothing off the disk. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#mapper[Symbol.asyncDispose]();
  }

  async #checkRoom(): Promise<void> {
    const { bavail, bsize } = await statfs(this.#options.sessions);
    const minimum = this.#options.minimumFreeBytes ?? MINIMUM_FREE_BYTES;
    if (bavail * bsize >= minimum) return;
    throw new Fault('disk_full', 'Cannot start a session: the disk is full', {
      why: `${this.#options.sessions} has ${Math.floor((bavail * bsize) / 1e6)} MB left; at least ${Math.floor(minimum / 1e6)} MB are needed.`,
      fix: 'Free some room, or remove sessions that are not needed: `cavern session rm SESSION`.',
    });
  }

  async #prepareOverlay(request: LayerRequest): Promise<PreparedLayer> {
    const folders = this.folders(request.session);
    const state = await lstat(request.workspace);
    const mapping = this.#mapper.mappingFor(state, request.user);
    const ownerInside = (id: UserIds): UserIds => this.#mapper.shownAs(id, mapping);
    const [secrets] = await Promise.all([
      this.secrets(request.workspace, request.signal),
      this.#placeLower(request.workspace, folders.lower, mapping),
      makeOwned(folders.work, { mode: 0o700, owner: request.user }),
      this.#makeUpper(folders.upper, state, ownerInside(state)),
    ]);
    await writeMask({
      workspace: request.workspace,
      mask: folders.mask,
      paths: secrets,
      ownerInside,
      calls: linuxCalls(),
    });
    this.#seen.set(request.session, { state, mapping });
    const layer = layerOf(request, { upper: folders.upper, mask: folders.mask, strategy: 'overlay', secrets });
    return { layer, lower: [folders.mask, folders.lower], work: folders.work };
  }

  /** The root of the view looks like the root of the workspace: its appearance is that of the uppermost layer. */
  async #makeUpper(upper: string, workspace: Stats, owner: UserIds): Promise<void> {
    const isNew = await makeOwned(upper, { mode: workspace.mode & 0o7777, owner });
    if (isNew) await utimes(upper, workspace.atime, workspace.mtime);
  }

  async #placeLower(workspace: string, lower: string, mapping: ReturnType<IdMapper['mappingFor']>): Promise<void> {
    await this.#removeLower(lower);
    if (!mapping) return symlink(workspace, lower);
    await mkdir(lower);
    try {
      await this.#mapper.mount({ source: workspace, target: lower, mapping });
    } catch (thrown) {
      await rmdir(lower);
      throw new MappingImpossible(thrown);
    }
  }

  /** Never recursive: whatever happened, the workspace may lie behind it. */
  async #removeLower(lower: string): Promise<void> {
    for (const point of await mountsBelow(join(lower, '..'))) linuxCalls().unmount(point);
    const state = await lstat(lower).catch(() => undefined);
    if (state?.isSymbolicLink()) await unlink(lower);
    else if (state) await rmdir(lower);
  }

  async #prepareCopy(request: LayerRequest, why: string): Promise<PreparedLayer> {
    const folders = this.folders(request.session);
    const secrets = await this.secrets(request.workspace, request.signal);
    const isThere = request.former?.strategy === 'copy' && (await lstat(folders.copy).catch(() => undefined));
    if (!isThere) {
      const { workspace, user, signal } = request;
      this.#copies.delete(folders.copy);
      await copyWorkspace({ workspace, copy: folders.copy, without: secrets, owner: user, signal });
    }
    const layer = layerOf(request, { upper: folders.copy, mask: folders.mask, strategy: 'copy', secrets });
    return { layer, lower: [], work: folders.work, why };
  }
}

/** What an overlay takes over when it is mounted is still so. */
function isSameFolder(a: Stats, b: Stats): boolean {
  return a.dev === b.dev && a.ino === b.ino && a.mode === b.mode && a.uid === b.uid && a.gid === b.gid;
}

/** This system cannot show the operator's files as the sandbox user's. */
class MappingImpossible extends Error {
  override readonly name = 'MappingImpossible';

  constructor(cause: unknown) {
    super(
      `files of root cannot be shown as the sandbox user's: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  }
}

function layerOf(
  request: LayerRequest,
  found: Pick<SessionLayer, 'upper' | 'mask' | 'strategy'> & { readonly secrets: readonly Buffer[] },
): SessionLayer {
  const { secrets, ...rest } = found;
  return {
    session: request.session,
    workspace: request.workspace,
    ...rest,
    maskedPaths: secrets.map((path) => path.toString()),
    startedAtMs: request.former?.startedAtMs ?? request.nowMs,
  };
}

/** True when it was not there before. What is there keeps its looks: a sandbox may have changed them. */
async function makeOwned(
  folder: string,
  options: { readonly mode: number; readonly owner: UserIds },
): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (thrown) {
    if (isErrno(thrown, ['EEXIST'])) return false;
    throw thrown;
  }
  if (process.getuid?.() === 0) await chown(folder, options.owner.uid, options.owner.gid);
  await chmod(folder, options.mode);
  return true;
}
