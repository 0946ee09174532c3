import { closeSync, constants, openSync } from 'node:fs';
import {
  type BytePath,
  ROOT,
  isWithin,
  nameOf,
  parentOf,
  segmentsOf,
} from '../../../kernel/changes/files/byte-path.ts';

const OPEN_FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const HELD_FOLDERS = 128;
const NOT_A_FOLDER = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);
const ASCII = /^[ -~]*$/;

export function errorCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}

export function isAscii(text: string): boolean {
  return ASCII.test(text);
}

/** A path for node:fs: a string where it is ASCII, otherwise the very bytes. */
export function systemPath(text: string): string | Buffer {
  return isAscii(text) ? text : Buffer.from(text, 'latin1');
}

/**
 * Opens folders below a root segment by segment, never through a symbolic link, and names what is in them through the
 * opened folder (`/proc/self/fd/N/name`). A parent that is swapped for a link afterwards changes nothing: the name still
 * leads into the folder that was opened. Linux only; elsewhere names go by path, after the same check.
 */
export class AnchoredFolders implements Disposable {
  readonly #root: string;
  readonly #rootFd: number;
  #closed = false;
  /** Opened folders, the one used last at the end. */
  readonly #held = new Map<BytePath, number>();
  /** The parent that was asked for last, for as long as nothing was closed. */
  #last: { readonly folder: BytePath; readonly fd: number } | undefined;

  /** Throws ENOENT, ENOTDIR, EACCES. The root itself may be reached through links. */
  constructor(root: string) {
    this.#root = root;
    this.#rootFd = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY);
  }

  /** The descriptor of a folder, valid until the next call; undefined when there is no such folder. */
  folder(path: BytePath): number | undefined {
    this.#trim();
    return this.#open(path);
  }

  /** The name of a path for node:fs, valid until the next call; undefined when its parent is no folder. */
  place(path: BytePath): string | Buffer | undefined {
    this.#trim();
    return this.#place(path);
  }

  /** The folder that a path lies in; valid until the next call. Undefined when it is none, and for the root, which lies in none. */
  parent(path: BytePath): number | undefined {
    if (path === ROOT) return undefined;
    const folder = parentOf(path);
    // Names are mostly asked for folder by folder.
    if (this.#last?.folder === folder) return this.#last.fd;
    this.#trim();
    const fd = this.#open(folder);
    if (fd !== undefined) this.#last = { folder, fd };
    return fd;
  }

  /** Two names that are valid together. */
  places(first: BytePath, second: BytePath): readonly [string | Buffer, string | Buffer] | undefined {
    this.#trim();
    const places = [this.#place(first), this.#place(second)] as const;
    return places[0] === undefined || places[1] === undefined ? undefined : [places[0], places[1]];
  }

  /** The name of an opened folder itself, valid until the next call. */
  self(path: BytePath): string | Buffer | undefined {
    this.#trim();
    const fd = this.#open(path);
    return fd === undefined ? undefined : systemPath(this.#self(fd, path));
  }

  #place(path: BytePath): string | Buffer | undefined {
    if (path === ROOT) return systemPath(this.#self(this.#rootFd, ROOT));
    const parent = this.#open(parentOf(path));
    return parent === undefined ? undefined : systemPath(this.#child(parent, path));
  }

  #open(path: BytePath): number | undefined {
    if (path === ROOT) return this.#rootFd;
    const held = this.#held.get(path);
    if (held !== undefined) {
      this.#held.delete(path);
      this.#held.set(path, held);
      return held;
    }
    const parent = this.#open(parentOf(path));
    if (parent === undefined) return undefined;
    try {
      const fd = openSync(systemPath(this.#child(parent, path)), OPEN_FOLDER);
      this.#held.set(path, fd);
      return fd;
    } catch (error) {
      if (NOT_A_FOLDER.has(errorCode(error) ?? '')) return undefined;
      throw error;
    }
  }

  /** Forgets a folder and all below it: it was removed, or may have been replaced. */
  forget(folder: BytePath): void {
    for (const [path, fd] of this.#held) {
      if (!isWithin(path, folder)) continue;
      this.#held.delete(path);
      this.#close(fd);
    }
  }

  refresh(): void {
    this.#last = undefined;
    for (const fd of this.#held.values()) closeSync(fd);
    this.#held.clear();
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.refresh();
    closeSync(this.#rootFd);
  }

  #self(fd: number, path: BytePath): string {
    if (process.platform === 'linux') return `/proc/self/fd/${fd}`;
    return [Buffer.from(this.#root, 'utf8').toString('latin1'), ...segmentsOf(path)].join('/');
  }

  #child(parentFd: number, path: BytePath): string {
    return `${this.#self(parentFd, parentOf(path))}/${nameOf(path)}`;
  }

  /** Closes what was not used for longest. Only between two calls: a closed descriptor's number may come to mean another folder. */
  #trim(): void {
    // A closed number soon means something else; using it would be the worst of all mistakes here.
    if (this.#closed) throw new Error('The folder was closed');
    for (const [path, fd] of this.#held) {
      if (this.#held.size <= HELD_FOLDERS) return;
      this.#held.delete(path);
      this.#close(fd);
    }
  }

  #close(fd: number): void {
    this.#last = undefined;
    closeSync(fd);
  }
}
