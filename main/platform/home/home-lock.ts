import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import koffi from 'koffi';

/** flock(2): exclusive, without waiting. */
const LOCK_EXCLUSIVE_NONBLOCKING = 2 | 4;

let flock: ((fd: number, operation: number) => number) | undefined;

function flockOf(): (fd: number, operation: number) => number {
  // koffi types what it loads as `any`; this is flock's C signature.
  flock ??= koffi
    .load(process.platform === 'darwin' ? 'libSystem.B.dylib' : 'libc.so.6')
    .func('int flock(int, int)') as (fd: number, operation: number) => number;
  return flock;
}

export interface HomeOwner {
  readonly pid: number;
  readonly version: string;
}

/** Ownership of a home. The operating system ends it with the process, so that a dead owner never bars the way. */
export interface HomeLock extends Disposable {
  readonly owner: HomeOwner;
}

/** Takes the home, or gives undefined where a living kernel owns it. */
export function takeHome(runFolder: string, owner: HomeOwner): HomeLock | undefined {
  const fd = openSync(join(runFolder, 'lock'), 'a+', 0o600);
  if (flockOf()(fd, LOCK_EXCLUSIVE_NONBLOCKING) !== 0) {
    closeSync(fd);
    return undefined;
  }
  try {
    ftruncateSync(fd);
    writeSync(fd, JSON.stringify(owner));
  } catch (thrown) {
    // Else this process would bar its own way: the lock lasts as long as the file is open.
    closeSync(fd);
    throw thrown;
  }
  let held = true;
  return {
    owner,
    [Symbol.dispose]() {
      if (held) closeSync(fd);
      held = false;
    },
  };
}

/** Who owns the home, as its lock file says; undefined when nobody ever did. */
export function ownerOf(runFolder: string): HomeOwner | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(join(runFolder, 'lock'), 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('version' in value)) return undefined;
    return typeof value.pid === 'number' && typeof value.version === 'string'
      ? { pid: value.pid, version: value.version }
      : undefined;
  } catch {
    return undefined;
  }
}
