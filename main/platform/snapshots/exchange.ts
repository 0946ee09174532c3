import koffi from 'koffi';
import { existsSync, renameSync } from 'node:fs';

type RenameAt2 = (oldDir: number, from: string, newDir: number, to: string, flags: number) => number;

const AT_FDCWD = -100;
const RENAME_EXCHANGE = 2;

let loaded: RenameAt2 | undefined;

function renameAt2(): RenameAt2 {
  loaded ??= koffi
    .load('libc.so.6')
    .func('int renameat2(int olddir, const char *from, int newdir, const char *to, unsigned int flags)');
  return loaded;
}

/** Each of two folders gets the other's name, at once; on a file system that cannot, one after the other. */
export function exchange(first: string, second: string): void {
  if (process.platform === 'linux' && renameAt2()(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE) === 0) return;
  const aside = `${second}.aside`;
  renameSync(second, aside);
  try {
    renameSync(first, second);
  } catch (error) {
    renameSync(aside, second);
    throw error;
  }
  renameSync(aside, first);
}

/** What a crash between the renames of `exchange` left: the folder goes back to its name. */
export function endExchange(folder: string): void {
  if (!existsSync(folder) && existsSync(`${folder}.aside`)) renameSync(`${folder}.aside`, folder);
}
