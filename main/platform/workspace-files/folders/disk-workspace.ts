import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { write } from 'node:fs';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { type BytePath, parentOf } from '../../../kernel/changes/files/byte-path.ts';
import { type Content, type Digest, chunksOf } from '../../../kernel/changes/files/content.ts';
import { PERMISSION_BITS } from '../../../kernel/changes/files/file-state.ts';
import { mapPaced } from '../../../kernel/changes/pace.ts';
import type { WorkspaceFiles, WorkspaceTree } from '../../../kernel/changes/files/workspace-files.ts';
import { errorCode, systemPath } from './anchored-folders.ts';
import { DiskTree } from './disk-tree.ts';
import { type Unsynced, syncAll } from './file-sync.ts';
import { renameWithoutReplacing } from './rename-without-replacing.ts';

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const REOPEN = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const SMALL_BYTES = 256 * 1024;
const writeChunk = promisify(write);

class NoFolder extends Error {
  readonly code = 'ENOENT';

  constructor() {
    super('The folder of the path is not there, or is reached through a symbolic link');
  }
}

/** The operator's workspace on this machine's disk. */
export const diskWorkspaces: WorkspaceFiles = {
  open: async (workspace) => new DiskWorkspace(workspace),
};

export class DiskWorkspace extends DiskTree implements WorkspaceTree {
  #staged: Unsynced[] = [];
  readonly #changedFolders = new Set<BytePath>();

  async stageFile(temporary: BytePath, content: Content, mode: number): Promise<Digest> {
    const fd = openSync(this.#place(temporary), CREATE, 0o600);
    try {
      const digest = await this.#fill(fd, content);
      fchmodSync(fd, mode & PERMISSION_BITS);
      this.#staged.push({ device: fstatSync(fd).dev, open: () => this.#reopen(temporary) });
      return digest;
    } finally {
      closeSync(fd);
    }
  }

  /** Something was written here by other means, and is to be synced with what was staged. */
  protected noteStaged(path: BytePath): void {
    const device = fstatSync(this.folders.folder(parentOf(path)) ?? -1).dev;
    this.#staged.push({ device, open: () => this.#reopen(path) });
    this.#changedFolders.add(parentOf(path));
  }

  async stageSymlink(temporary: BytePath, target: string): Promise<void> {
    symlinkSync(systemPath(target), this.#place(temporary));
    this.#changedFolders.add(parentOf(temporary));
  }

  async syncStaged(): Promise<void> {
    await syncAll(this.#staged.splice(0));
    // A symlink lives in its folder's entry.
    await this.syncFolders();
  }

  async place(temporary: BytePath, path: BytePath, over: 'new' | 'existing'): Promise<void> {
    const places = this.folders.places(temporary, path);
    if (places === undefined) throw new NoFolder();
    const [from, to] = places;
    if (over === 'existing') renameSync(from, to);
    else placeNew(from, to);
    this.#changedFolders.add(parentOf(temporary)).add(parentOf(path));
  }

  async removeFile(path: BytePath): Promise<void> {
    const place = this.folders.place(path);
    if (place === undefined) return;
    try {
      unlinkSync(place);
      this.#changedFolders.add(parentOf(path));
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }

  async removeFolder(path: BytePath): Promise<boolean> {
    this.folders.forget(path);
    const place = this.folders.place(path);
    if (place === undefined) return false;
    try {
      rmdirSync(place);
    } catch (error) {
      if (['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR', 'EBUSY'].includes(errorCode(error) ?? '')) return false;
      throw error;
    }
    this.#changedFolders.delete(path);
    this.#changedFolders.add(parentOf(path));
    return true;
  }

  async makeFolder(path: BytePath, mode: number): Promise<void> {
    const wanted = mode & PERMISSION_BITS;
    let isNew = true;
    try {
      mkdirSync(this.#place(path), wanted);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      isNew = false;
    }
    const fd = this.folders.folder(path);
    if (fd === undefined) throw new NoFolder();
    // The umask took bits away; a crash may have come before they were given back.
    const masked = wanted & ~process.umask();
    const now = fstatSync(fd).mode & PERMISSION_BITS;
    if (now !== wanted && now === masked) fchmodSync(fd, wanted);
    if (isNew) this.#changedFolders.add(parentOf(path)).add(path);
  }

  async syncFolders(): Promise<void> {
    const folders = [...this.#changedFolders];
    this.#changedFolders.clear();
    const changed = await mapPaced(folders, (folder) => this.#unsyncedFolder(folder));
    await syncAll(changed.filter((folder) => folder !== undefined));
  }

  /** Undefined for a folder that went, or is closed to the operator now: then nothing of it can be synced. */
  #unsyncedFolder(folder: BytePath): Unsynced | undefined {
    try {
      const fd = this.folders.folder(folder);
      return fd === undefined ? undefined : { device: fstatSync(fd).dev, open: () => this.#reopenFolder(folder) };
    } catch (error) {
      if (errorCode(error) !== 'EACCES') throw error;
      return undefined;
    }
  }

  async #fill(fd: number, content: Content): Promise<Digest> {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for await (const chunk of chunksOf(content)) {
      sizeBytes += chunk.byteLength;
      const writing = chunk.byteLength <= SMALL_BYTES ? writeSmall(fd, chunk) : writeLarge(fd, chunk);
      hash.update(chunk);
      await writing;
    }
    return { sha256: hash.digest('hex'), sizeBytes };
  }

  #place(path: BytePath): string | Buffer {
    const place = this.folders.place(path);
    if (place === undefined) throw new NoFolder();
    return place;
  }

  #reopen(path: BytePath): number | undefined {
    const place = this.folders.place(path);
    if (place === undefined) return undefined;
    try {
      return openSync(place, REOPEN);
    } catch (error) {
      // Its owner may not read it (mode 0200): it is opened by its owner for writing instead.
      if (errorCode(error) === 'EACCES') return openSync(place, constants.O_WRONLY | constants.O_NOFOLLOW);
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  #reopenFolder(path: BytePath): number | undefined {
    const self = this.folders.self(path);
    return self === undefined ? undefined : openSync(self, constants.O_RDONLY | constants.O_DIRECTORY);
  }
}

function writeSmall(fd: number, chunk: Uint8Array): undefined {
  for (let done = 0; done < chunk.byteLength; ) done += writeSync(fd, chunk, done);
}

/** Off the thread. */
async function writeLarge(fd: number, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.byteLength; ) done += (await writeChunk(fd, chunk.subarray(done))).bytesWritten;
}

/** Never replaces what is there. A rename that refuses to, else a link; where there is neither, a look and a rename come close. */
function placeNew(from: string | Buffer, to: string | Buffer): void {
  const renamed = renameWithoutReplacing(from, to);
  if (renamed === 'done') return;
  if (renamed === 'exists') throw Object.assign(new Error('There is something at the path'), { code: 'EEXIST' });
  try {
    linkSync(from, to);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS'].includes(errorCode(error) ?? '')) throw error;
    if (lstatSync(to, { throwIfNoEntry: false })) {
      throw Object.assign(new Error('There is something at the path'), { code: 'EEXIST' });
    }
    renameSync(from, to);
    return;
  }
  unlinkSync(from);
}
