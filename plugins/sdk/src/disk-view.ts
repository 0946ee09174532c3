import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  read,
  readdir,
  readdirSync,
  readlinkSync,
  type Stats,
} from 'node:fs';
import { join } from 'node:path';
import { fromSystemError, systemCode, ToolError } from './tool-error.ts';
import type { NodeType, OpenFile, ViewEntry, ViewNode, WorkspaceView } from './workspace-view.ts';

const REPLACEMENT = '\uFFFD';
/** Entries looked at before other work gets its turn. */
const ENTRIES_A_TURN = 500;

/** `a` before `b` by UTF-16 units: the same on every machine, whatever its language. */
export function byUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function typeOf(mode: number): NodeType {
  const format = mode & constants.S_IFMT;
  if (format === constants.S_IFREG) return 'file';
  if (format === constants.S_IFDIR) return 'directory';
  return format === constants.S_IFLNK ? 'symlink' : 'other';
}

export function nodeOf(stats: Pick<Stats, 'mode' | 'size' | 'mtimeMs'>): ViewNode {
  return {
    type: typeOf(stats.mode),
    sizeBytes: stats.size,
    modifiedAtMs: Math.trunc(stats.mtimeMs),
    mode: stats.mode & 0o7777,
  };
}

/** Names of a folder, with the bytes of those that are not UTF-8. */
export async function readNames(folder: string): Promise<{ name: string; bytes?: Buffer }[]> {
  // Not from `node:fs/promises`, which would be loaded before a plugin can say hello.
  const names = await new Promise<string[]>((resolve, reject) => {
    readdir(folder, (error, found) => (error ? reject(error) : resolve(found)));
  });
  if (!names.some((name) => name.includes(REPLACEMENT))) return names.map((name) => ({ name }));
  return readdirSync(folder, { encoding: 'buffer' }).map((bytes) => {
    const name = bytes.toString();
    return Buffer.from(name).equals(bytes) ? { name } : { name, bytes };
  });
}

/** A descriptor as a file of the view; closing twice is harmless. */
export function openedFile(descriptor: number, path: string): OpenFile {
  const stats = fstatSync(descriptor);
  let open = true;
  const close = (): void => {
    if (open) closeSync(descriptor);
    open = false;
  };
  if (!stats.isFile()) {
    close();
    throw new ToolError('not_a_file', `Cannot open "${path}": it is not a regular file`);
  }
  return {
    sizeBytes: stats.size,
    close,
    async read(offset, length) {
      const bytes = Buffer.allocUnsafe(length);
      let filled = 0;
      while (filled < length) {
        const count = await new Promise<number>((resolve, reject) => {
          read(descriptor, bytes, filled, length - filled, offset + filled, (error, n) =>
            error ? reject(error) : resolve(n),
          );
        });
        if (count === 0) break;
        filled += count;
      }
      return bytes.subarray(0, filled);
    },
  };
}

/** Looks at each name, in order, letting other work in between. */
export async function describeEntries(
  names: readonly { name: string; bytes?: Buffer }[],
  describe: (name: string | Buffer) => Omit<ViewEntry, 'name' | 'nameBase64'>,
): Promise<ViewEntry[]> {
  const entries: ViewEntry[] = [];
  for (const [index, { name, bytes }] of names.entries()) {
    if (index > 0 && index % ENTRIES_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    entries.push({ name, ...(bytes ? { nameBase64: bytes.toString('base64') } : {}), ...describe(bytes ?? name) });
  }
  return entries;
}

/** The workspace as it lies on this disk: what a plugin inside a sandbox uses. */
export function diskView(root: string): WorkspaceView {
  const at = (path: string): string => (path === '' ? root : `${root}/${path}`);
  const lookAt = (path: string | Buffer): ViewNode | undefined => {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats ? nodeOf(stats) : undefined;
  };
  return {
    root,
    lookAt(path) {
      try {
        return lookAt(at(path));
      } catch (thrown) {
        if (systemCode(thrown) === 'ENOTDIR' || systemCode(thrown) === 'ENAMETOOLONG') return undefined;
        throw fromSystemError(thrown, `look at "${path}"`);
      }
    },
    readLink: (path) => readlinkSync(at(path)),
    async list(path, limit) {
      const folder = at(path);
      const names = (
        await readNames(folder).catch((thrown: unknown) => {
          throw fromSystemError(thrown, `list "${path || '.'}"`);
        })
      ).sort((a, b) => byUnits(a.name, b.name));
      const entries = await describeEntries(names.slice(0, limit), (name) => {
        const full = typeof name === 'string' ? join(folder, name) : Buffer.concat([Buffer.from(`${folder}/`), name]);
        const node = lookAt(full);
        return { node, ...(node?.type === 'symlink' ? { target: readlinkSync(full) } : {}) };
      });
      return { entries, total: names.length };
    },
    open(path) {
      try {
        // O_NONBLOCK: opening a named pipe must not wait for a writer.
        return openedFile(openSync(at(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK), path);
      } catch (thrown) {
        throw fromSystemError(thrown, `open "${path}"`);
      }
    },
  };
}
