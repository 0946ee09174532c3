import { constants } from 'node:os';
import koffi from 'koffi';

type RenameAt2 = (oldDir: number, from: Buffer, newDir: number, to: Buffer, flags: number) => number;

const AT_FDCWD = -100;
const RENAME_NOREPLACE = 1;

let loaded: RenameAt2 | null | undefined;

/** `renameat2(2)`; null where the C library has none. */
function renameAt2(): RenameAt2 | null {
  if (loaded !== undefined) return loaded;
  try {
    const signature =
      'int renameat2(int olddir, const uint8_t *from, int newdir, const uint8_t *to, unsigned int flags)';
    loaded = process.platform === 'linux' ? koffi.load('libc.so.6').func(signature) : null;
  } catch {
    loaded = null;
  }
  return loaded;
}

function terminated(path: string | Buffer): Buffer {
  return Buffer.concat([Buffer.isBuffer(path) ? path : Buffer.from(path), Buffer.alloc(1)]);
}

/** `unknown`: the file system or the platform cannot say, and nothing was done. */
export function renameWithoutReplacing(from: string | Buffer, to: string | Buffer): 'done' | 'exists' | 'unknown' {
  const rename = renameAt2();
  if (!rename) return 'unknown';
  if (rename(AT_FDCWD, terminated(from), AT_FDCWD, terminated(to), RENAME_NOREPLACE) === 0) return 'done';
  return koffi.errno() === constants.errno.EEXIST ? 'exists' : 'unknown';
}
