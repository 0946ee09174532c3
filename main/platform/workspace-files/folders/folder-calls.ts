import { constants } from 'node:fs';
import { constants as system, endianness } from 'node:os';
import koffi from 'koffi';
import { WHOLE_LIMIT_BYTES } from '../../../kernel/changes/files/content.ts';
import type { SpecialKind } from '../../../kernel/changes/files/file-state.ts';
import type { FileStat, Looked } from '../../../kernel/changes/files/file-tree.ts';

/**
 * Calls on names inside an opened folder, which Node does not have. By way of `/proc/self/fd` the same costs twice as much,
 * and a list of changes consists of hardly anything else.
 */
export interface FolderCalls {
  /** `unknown`: something else than its absence is in the way; Node's own call says what. The name is ASCII. */
  stat(folderFd: number, name: string): FileStat | 'absent' | 'unknown';
  /** What a list of a folder says of each name. */
  attributes(folderFd: number, name: string): Attributes | 'absent' | 'unknown';
  /**
   * Opens what is there; with its bytes where it is a regular file of up to `WHOLE_LIMIT_BYTES`. `unknown`: it cannot be
   * opened, or its bytes are not what was expected. The name is ASCII.
   */
  look(folderFd: number, name: string): Looked | 'absent' | 'unknown';
}

/** As stat(2) has them. */
export interface Attributes {
  /** Type and permissions. */
  readonly mode: number;
  readonly uid: number;
  readonly size: number;
  readonly mtimeMs: number;
  /** Of a device: which one it is; 0 stands for no device. */
  readonly rdev: number;
}

/** statx(2), <linux/stat.h> and <linux/fcntl.h>. */
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_EMPTY_PATH = 0x1000;
const STATX_BASIC_STATS = 0x7ff;
const STATX_BYTES = 256;
const UID_AT = 20;
const MODE_AT = 28;
const INODE_AT = 32;
const SIZE_AT = 40;
/** The inode and the size; the times of change and of writing, and the devices. */
const IDENTITY_AT = [
  { from: INODE_AT, to: 48 },
  { from: 96, to: 144 },
] as const;
const CHANGED_AT = 96;
const WRITTEN_AT = 112;
const SPECIAL_DEVICE_AT = 128;
const TWO_TO_32 = 2 ** 32;

/** A named pipe would hold up an open without O_NONBLOCK. */
const OPEN = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | 0o2000000; // O_CLOEXEC, which Node does not name
/** Small contents share memory, as fresh memory for each costs more than reading it. */
const SLAB_BYTES = 256 * 1024;
const SHARED_BYTES = 64 * 1024;

const NOT_THERE: ReadonlySet<number> = new Set([
  system.errno.ENOENT,
  system.errno.ENOTDIR,
  system.errno.ELOOP,
  system.errno.ENAMETOOLONG,
]);

let loaded: FolderCalls | null | undefined;

/** Null where the C library has no such calls. */
export function folderCalls(): FolderCalls | null {
  if (loaded !== undefined) return loaded;
  try {
    loaded = process.platform === 'linux' && endianness() === 'LE' ? load() : null;
  } catch {
    loaded = null;
  }
  return loaded;
}

function load(): FolderCalls {
  const libc = koffi.load('libc.so.6');
  const statx = libc.func('int statx(int folder, const char *name, int flags, unsigned int mask, uint8_t *result)');
  const openat = libc.func('int openat(int folder, const char *name, int flags)');
  const read = libc.func('long read(int fd, uint8_t *into, size_t bytes)');
  const close = libc.func('int close(int fd)');
  const result = Buffer.alloc(STATX_BYTES);
  const slab = new Slab();
  const lookAtOpened = (fd: number): Looked | 'unknown' => {
    if (statx(fd, '', AT_EMPTY_PATH, STATX_BASIC_STATS, result) !== 0) return 'unknown';
    const stat = toFileStat(result);
    if (stat.type !== 'file' || stat.sizeBytes > WHOLE_LIMIT_BYTES) return { stat };
    const content = slab.take(stat.sizeBytes);
    // One byte more than is expected is asked for: if it is not filled, this was the end.
    return Number(read(fd, content, content.length + 1)) === content.length ? { stat, content } : 'unknown';
  };
  return {
    stat(folderFd, name) {
      if (statx(folderFd, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, result) === 0) return toFileStat(result);
      return NOT_THERE.has(koffi.errno()) ? 'absent' : 'unknown';
    },
    attributes(folderFd, name) {
      if (statx(folderFd, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, result) === 0) return toAttributes(result);
      return NOT_THERE.has(koffi.errno()) ? 'absent' : 'unknown';
    },
    look(folderFd, name) {
      const fd: number = openat(folderFd, name, OPEN);
      if (fd < 0) return koffi.errno() === system.errno.ENOENT ? 'absent' : 'unknown';
      try {
        return lookAtOpened(fd);
      } finally {
        close(fd);
      }
    },
  };
}

class Slab {
  #memory = new ArrayBuffer(0);
  #used = 0;

  /** There is room for one byte more behind it. */
  take(bytes: number): Uint8Array {
    if (bytes > SHARED_BYTES) return new Uint8Array(new ArrayBuffer(bytes + 1), 0, bytes);
    if (this.#used + bytes + 1 > this.#memory.byteLength) {
      this.#memory = new ArrayBuffer(SLAB_BYTES);
      this.#used = 0;
    }
    const taken = new Uint8Array(this.#memory, this.#used, bytes);
    this.#used += bytes + 1;
    return taken;
  }
}

function sizeOf(statx: Buffer): number {
  return statx.readUInt32LE(SIZE_AT) + statx.readUInt32LE(SIZE_AT + 4) * TWO_TO_32;
}

const SPECIAL: Readonly<Record<number, SpecialKind>> = {
  [constants.S_IFIFO]: 'named pipe',
  [constants.S_IFSOCK]: 'socket',
  [constants.S_IFBLK]: 'block device',
  [constants.S_IFCHR]: 'character device',
};

const identity = Buffer.alloc(IDENTITY_AT.reduce((bytes, { from, to }) => bytes + to - from, 0));

/** As one text: thousands of them are remembered, and put together of two each they would be three times as many. */
function signatureOf(statx: Buffer): string {
  let filled = 0;
  for (const { from, to } of IDENTITY_AT) filled += statx.copy(identity, filled, from, to);
  return identity.toString('latin1');
}

/** As Node makes milliseconds of it, to the last bit. */
function timeMs(statx: Buffer, at: number): number {
  const seconds = statx.readUInt32LE(at) + statx.readInt32LE(at + 4) * TWO_TO_32;
  return seconds * 1000 + statx.readUInt32LE(at + 8) / 1e6;
}

function toAttributes(statx: Buffer): Attributes {
  return {
    mode: statx.readUInt16LE(MODE_AT),
    uid: statx.readUInt32LE(UID_AT),
    size: sizeOf(statx),
    mtimeMs: timeMs(statx, WRITTEN_AT),
    // Major and minor number: which of the two is not asked for.
    rdev: statx.readUInt32LE(SPECIAL_DEVICE_AT) + statx.readUInt32LE(SPECIAL_DEVICE_AT + 4),
  };
}

function toFileStat(statx: Buffer): FileStat {
  const mode = statx.readUInt16LE(MODE_AT);
  const format = mode & constants.S_IFMT;
  const known = {
    whiteout: format === constants.S_IFCHR && statx.readBigUInt64LE(SPECIAL_DEVICE_AT) === 0n,
    mode: mode & 0o7777,
    sizeBytes: sizeOf(statx),
    ctimeMs: timeMs(statx, CHANGED_AT),
    signature: signatureOf(statx),
  };
  if (format === constants.S_IFREG) return { type: 'file', ...known };
  if (format === constants.S_IFLNK) return { type: 'symlink', ...known };
  if (format === constants.S_IFDIR) return { type: 'folder', ...known };
  return { type: 'special', what: SPECIAL[format] ?? 'character device', ...known };
}
