import { chmod, chown, lstat, mkdir, utimes } from 'node:fs/promises';
import type { LinuxCalls } from './linux-calls.ts';
import { removeTree } from './remove-tree.ts';
import { below, isErrno } from './secret-scan.ts';

export interface MaskOptions {
  readonly workspace: string;
  readonly mask: string;
  /** Relative to the workspace. */
  readonly paths: readonly Buffer[];
  /** The owner that a folder has inside, by its owner on the disk. */
  readonly ownerInside: (id: { readonly uid: number; readonly gid: number }) => {
    readonly uid: number;
    readonly gid: number;
  };
  readonly calls: LinuxCalls;
}

/** Makes the layer that hides files: a whiteout for each, in folders that look like the real ones, which they lie over. */
export async function writeMask(options: MaskOptions): Promise<void> {
  await removeTree(options.mask);
  await mkdir(options.mask, { mode: 0o755 });
  await extendMask(options);
}

/** Hides more files. What is mounted over the mask sees it where nothing has looked for these names yet. */
export async function extendMask(options: MaskOptions): Promise<void> {
  const mask = Buffer.from(options.mask);
  const folders = parentFolders(options.paths);
  for (const folder of folders) await mkdir(below(mask, folder), { mode: 0o700 }).catch(unlessThere);
  for (const path of options.paths) options.calls.makeWhiteout(below(mask, path));
  // The innermost first: a folder that nobody may write to takes no more names, and making one changes its parent's time.
  for (const folder of folders.toReversed()) await copyAppearance(folder, options);
}

function unlessThere(thrown: unknown): void {
  if (!isErrno(thrown, ['EEXIST'])) throw thrown;
}

async function copyAppearance(folder: Buffer, options: MaskOptions): Promise<void> {
  // The operator goes on working: the folder may be gone by now.
  const real = await lstat(below(Buffer.from(options.workspace), folder)).catch(() => undefined);
  if (!real) return;
  const shadow = below(Buffer.from(options.mask), folder);
  const owner = options.ownerInside(real);
  const own = await lstat(shadow);
  if (own.uid !== owner.uid || own.gid !== owner.gid) {
    // Only root may give files away; anyone else keeps them, as with every file that a sandbox makes.
    await chown(shadow, owner.uid, owner.gid).catch(() => undefined);
  }
  await chmod(shadow, real.mode & 0o7777);
  await utimes(shadow, real.atime, real.mtime);
}

/** Every folder on the way to the paths, the outer ones first, each once. */
export function parentFolders(paths: readonly Buffer[]): Buffer[] {
  const seen = new Map<string, Buffer>();
  for (const path of paths) {
    for (let at = path.indexOf(0x2f); at !== -1; at = path.indexOf(0x2f, at + 1)) {
      seen.set(path.toString('latin1', 0, at), path.subarray(0, at));
    }
  }
  return [...seen.values()].sort((a, b) => a.length - b.length || Buffer.compare(a, b));
}
