import {
  type Stats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  readlinkSync,
  statSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { type BytePath, ROOT, fromBytes, nameOf } from '../../../kernel/changes/files/byte-path.ts';
import { type Content, WHOLE_LIMIT_BYTES } from '../../../kernel/changes/files/content.ts';
import type { SpecialKind } from '../../../kernel/changes/files/file-state.ts';
import type { FileStat, FileTree, FolderEntry, Looked } from '../../../kernel/changes/files/file-tree.ts';
import { mapPaced, sortPaced } from '../../../kernel/changes/pace.ts';
import { AnchoredFolders, errorCode, isAscii } from './anchored-folders.ts';
import { folderCalls } from './folder-calls.ts';
import { listFolder } from './folder-listing.ts';

/** A named pipe would hold up an open without O_NONBLOCK. */
const OPEN_FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const CHUNK_BYTES = 1024 * 1024;

function specialKind(stats: Stats): SpecialKind {
  if (stats.isFIFO()) return 'named pipe';
  if (stats.isSocket()) return 'socket';
  return stats.isBlockDevice() ? 'block device' : 'character device';
}

function typeOf(stats: Stats): FileStat['type'] {
  if (stats.isFile()) return 'file';
  if (stats.isSymbolicLink()) return 'symlink';
  return stats.isDirectory() ? 'folder' : 'special';
}

function toFileStat(stats: Stats): FileStat {
  const type = typeOf(stats);
  return {
    type,
    ...(type === 'special' ? { what: specialKind(stats) } : {}),
    whiteout: stats.isCharacterDevice() && stats.rdev === 0,
    mode: stats.mode & 0o7777,
    sizeBytes: stats.size,
    ctimeMs: stats.ctimeMs,
    signature: `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeMs}:${stats.ctimeMs}`,
  };
}

/** What the operator may not even look at, as its folder is closed. */
const CLOSED: FileStat = {
  type: 'special',
  what: 'unreadable file',
  whiteout: false,
  mode: 0,
  sizeBytes: 0,
  ctimeMs: 0,
  signature: 'closed',
};

function isClosed(error: unknown): boolean {
  return ['EACCES', 'EPERM'].includes(errorCode(error) ?? '');
}

function notThere(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(errorCode(error) ?? '');
}

/** Reads the whole of an opened file that is expected to be small, however long it has become. */
function readWhole(fd: number, expectedBytes: number): Buffer {
  let buffer = Buffer.allocUnsafe(expectedBytes + 1);
  let filled = 0;
  for (;;) {
    const count = readSync(fd, buffer, filled, buffer.length - filled, null);
    filled += count;
    // One byte more was asked for than was expected: a short read is the end.
    if (count === 0 || filled === expectedBytes) return buffer.subarray(0, filled);
    if (filled === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
  }
}

class NotAFile extends Error {
  readonly code = 'ENOENT';

  constructor() {
    super('There is no regular file at the path');
  }
}

/** A folder on this machine's disk. Small operations are done at once, in microseconds; long ones in chunks off the thread. */
export class DiskTree implements FileTree {
  protected readonly folders: AnchoredFolders;

  /** Throws ENOENT, ENOTDIR, EACCES. */
  constructor(root: string) {
    this.folders = new AnchoredFolders(root);
  }

  async stat(path: BytePath): Promise<FileStat | undefined> {
    try {
      const stat = this.#quickStat(path);
      if (stat === 'absent') return undefined;
      if (stat !== 'unknown') return stat;
      const place = this.folders.place(path);
      if (place === undefined) return undefined;
      const stats = path === ROOT ? statSync(place) : lstatSync(place, { throwIfNoEntry: false });
      return stats && toFileStat(stats);
    } catch (error) {
      if (notThere(error)) return undefined;
      if (isClosed(error)) return CLOSED;
      throw error;
    }
  }

  async look(path: BytePath): Promise<Looked | undefined> {
    const looked = this.#quickLook(path);
    if (looked === 'absent') return undefined;
    if (looked !== 'unknown') return looked;
    const stat = await this.stat(path);
    return stat && { stat };
  }

  async entries(folder: BytePath): Promise<readonly FolderEntry[]> {
    const self = this.folders.self(folder);
    return self === undefined ? [] : listFolder(self);
  }

  async names(folder: BytePath): Promise<readonly string[]> {
    const entries = await this.entries(folder);
    return sortPaced(await mapPaced(entries, (entry) => entry.name));
  }

  async content(path: BytePath): Promise<Content> {
    const looked = this.#quickLook(path);
    if (typeof looked === 'object' && looked.content) return looked.content;
    const fd = openSync(this.#place(path), OPEN_FILE);
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile()) throw new NotAFile();
      return stats.size <= WHOLE_LIMIT_BYTES ? readWhole(fd, stats.size) : this.#chunks(path);
    } finally {
      closeSync(fd);
    }
  }

  async target(path: BytePath): Promise<string> {
    return fromBytes(readlinkSync(this.#place(path), { encoding: 'buffer' }));
  }

  refresh(): void {
    this.folders.refresh();
  }

  [Symbol.dispose](): void {
    this.folders[Symbol.dispose]();
  }

  #quickStat(path: BytePath): FileStat | 'absent' | 'unknown' {
    const calls = folderCalls();
    const name = nameOf(path);
    if (calls === null || path === ROOT || !isAscii(name)) return 'unknown';
    const folder = this.folders.parent(path);
    return folder === undefined ? 'absent' : calls.stat(folder, name);
  }

  #quickLook(path: BytePath): Looked | 'absent' | 'unknown' {
    const calls = folderCalls();
    const name = nameOf(path);
    if (calls === null || path === ROOT || !isAscii(name)) return 'unknown';
    try {
      const folder = this.folders.parent(path);
      return folder === undefined ? 'absent' : calls.look(folder, name);
    } catch (error) {
      if (isClosed(error)) return 'unknown';
      throw error;
    }
  }

  async *#chunks(path: BytePath): AsyncGenerator<Uint8Array, void, undefined> {
    const handle = await open(this.#place(path), OPEN_FILE);
    try {
      if (!(await handle.stat()).isFile()) throw new NotAFile();
      // One is read into while the other is worked on; fresh memory for each chunk would cost as much as the reading.
      const buffers = [Buffer.allocUnsafe(CHUNK_BYTES), Buffer.allocUnsafe(CHUNK_BYTES)] as const;
      let turn = 0;
      const next = () => handle.read(buffers[turn++ % 2 === 0 ? 0 : 1], 0, CHUNK_BYTES, null);
      let reading = next();
      for (;;) {
        const { bytesRead, buffer } = await reading;
        if (bytesRead === 0) return;
        // The next chunk is read while this one is worked on.
        reading = next();
        // Awaited on the next round; a reader that stops early leaves it to the handle's close.
        reading.catch(() => undefined);
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  }

  #place(path: BytePath): string | Buffer {
    const place = this.folders.place(path);
    if (place === undefined) throw new NotAFile();
    return place;
  }
}
