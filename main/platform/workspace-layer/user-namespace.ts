import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open, writeFile } from 'node:fs/promises';

/** The numbers of one user, or of one group, on the disk and in the sandbox. */
export interface IdSwap {
  readonly onDisk: number;
  readonly shown: number;
}

const ID_COUNT = 0xffff_ffff;

/**
 * Lines of a `uid_map` that shows one id as another, and that one in turn as the first: a mapping must be one to one.
 * Form of user_namespaces(7): first id inside, first id outside, how many. An idmapped mount takes "inside" for what is on the disk.
 */
export function swapMap({ onDisk, shown }: IdSwap): string {
  if (onDisk === shown) return `0 0 ${ID_COUNT}\n`;
  const [low, high] = onDisk < shown ? [onDisk, shown] : [shown, onDisk];
  const lines = [
    [0, 0, low],
    [low, high, 1],
    [low + 1, low + 1, high - low - 1],
    [high, low, 1],
    [high + 1, high + 1, ID_COUNT - high - 1],
  ] as const;
  return lines
    .filter(([, , count]) => count > 0)
    .map((line) => `${line.join(' ')}\n`)
    .join('');
}

/**
 * Opens a user namespace with these mappings. Only root may write such a map.
 * The namespace lives as long as the file is open or a mount uses it; the process that it is made with is gone when this returns.
 */
export async function openUserNamespace(swap: { readonly uid: IdSwap; readonly gid: IdSwap }): Promise<FileHandle> {
  // unshare is in util-linux, which every distribution counts as essential. The shell waits for the end of its input.
  const child = spawn('unshare', ['--user', 'sh', '-c', 'echo ready; read -r _ || :'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = once(child, 'close');
  try {
    const isReady = await Promise.race([once(child.stdout, 'data').then(() => true), ended.then(() => false)]);
    if (!isReady || child.pid === undefined) throw new Error('unshare could not make a user namespace');
    await writeFile(`/proc/${child.pid}/uid_map`, swapMap(swap.uid));
    await writeFile(`/proc/${child.pid}/gid_map`, swapMap(swap.gid));
    return await open(`/proc/${child.pid}/ns/user`, 'r');
  } finally {
    child.stdin.end();
    await ended;
  }
}
