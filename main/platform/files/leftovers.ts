import { lstat, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Home } from '../home/home.ts';
import { ABANDONED_COMMITS } from '../git-repository/session-objects.ts';
import { UNFINISHED_WRITE } from './atomic-file.ts';

/** Removes what processes that were killed left behind of files written atomically, and of commits on their way. Never rejects: the next start tries again. */
export async function removeLeftovers(home: Pick<Home, 'root' | 'keys' | 'policyHistory'>): Promise<void> {
  await Promise.all([
    ...[home.root, home.keys, home.policyHistory].map((folder) => removeOfDead(folder, UNFINISHED_WRITE)),
    removeOfDead(tmpdir(), ABANDONED_COMMITS),
  ]);
}

/** Removes this user's entries whose name says, in the pattern's one group, that a process made them which lives no more. Never rejects. */
export async function removeOfDead(folder: string, pattern: RegExp): Promise<void> {
  const user = process.getuid?.();
  for (const name of await readdir(folder).catch(() => [])) {
    const maker = Number(pattern.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(maker) || isAlive(maker)) continue;
    const path = join(folder, name);
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined || (user !== undefined && found.uid !== user)) continue;
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    // Only this one says that there is none; another user's may not be asked.
    return !(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH');
  }
}
