import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  lstatSync,
  lutimesSync,
  openSync,
  statSync,
  type Stats,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { type BytePath, ROOT, join } from '../../kernel/changes/files/byte-path.ts';
import { Pace } from '../../kernel/changes/pace.ts';
import { errorCode } from '../workspace-files/folders/anchored-folders.ts';
import { DiskWorkspace } from '../workspace-files/folders/disk-workspace.ts';
import { markOpaque } from '../workspace-files/folders/extended-attributes.ts';
import { LayerTree } from '../workspace-files/layers/layer-tree.ts';
import { linuxCalls } from '../workspace-layer/linux-calls.ts';

const OPEN_FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Copies a session's layer with its marks, modes, times and owners into a new folder; gives the bytes of its files. The
 * session may be at work: what goes away on the way is left out, and no symbolic link is followed, neither at the end of
 * a path nor on the way. Named pipes, sockets and devices are left out. Blocks are shared where the file system can.
 */
export async function copyLayer(from: string, to: string): Promise<number> {
  using source = new SourceLayer(from);
  using target = new LayerCopy(to);
  const pace = new Pace();
  const folders: BytePath[] = [ROOT];
  let bytes = 0;
  for (let at = 0; at < folders.length; at++) {
    const folder = folders[at] ?? ROOT;
    for (const name of await source.names(folder)) {
      if (pace.due) await pace.breathe();
      const path = join(folder, name);
      const stats = source.stats(path);
      if (stats === undefined) continue;
      if (stats.isDirectory()) {
        await target.beginFolder(path);
        folders.push(path);
      } else bytes += await target.copyOne(path, stats, source);
    }
  }
  // The deepest first: making what is in a folder changes its times.
  for (const folder of folders.reverse()) target.endFolder(folder, source);
  await target.syncStaged();
  await target.syncFolders();
  return bytes;
}

class SourceLayer extends LayerTree {
  stats(path: BytePath): Stats | undefined {
    const place = this.folders.place(path);
    // The layer itself is reached through a link of /proc, which is to be followed.
    const stat = path === ROOT ? statSync : lstatSync;
    return place === undefined ? undefined : stat(place, { throwIfNoEntry: false });
  }

  /** A descriptor of a regular file; undefined when there is none any more. */
  open(path: BytePath): number | undefined {
    const place = this.folders.place(path);
    try {
      return place === undefined ? undefined : openSync(place, OPEN_FILE);
    } catch (error) {
      if (['ENOENT', 'ELOOP', 'ENXIO'].includes(errorCode(error) ?? '')) return undefined;
      throw error;
    }
  }
}

class LayerCopy extends DiskWorkspace {
  async beginFolder(path: BytePath): Promise<void> {
    await this.makeFolder(path, 0o700);
  }

  endFolder(path: BytePath, source: SourceLayer): void {
    const stats = source.stats(path);
    const fd = this.folders.folder(path);
    if (stats === undefined || fd === undefined) return;
    if (source.opaque(path) && !markOpaque(fd)) throw new Error('The file system takes no extended attributes');
    if (process.getuid?.() === 0) fchownSync(fd, stats.uid, stats.gid);
    fchmodSync(fd, stats.mode & 0o7777);
    futimesSync(fd, stats.atime, stats.mtime);
  }

  /** Gives the bytes of a file; 0 for anything else. */
  async copyOne(path: BytePath, stats: Stats, source: SourceLayer): Promise<number> {
    const place = this.folders.place(path);
    if (place === undefined) return 0;
    if (stats.isCharacterDevice() && stats.rdev === 0) linuxCalls().makeWhiteout(Buffer.from(place));
    else if (stats.isSymbolicLink()) await this.stageSymlink(path, await source.target(path));
    else if (stats.isFile()) return this.#copyFile(path, stats, source);
    return 0;
  }

  async #copyFile(path: BytePath, stats: Stats, source: SourceLayer): Promise<number> {
    const fd = source.open(path);
    if (fd === undefined) return 0;
    try {
      // By its descriptor: what lies at the path may be exchanged for a link by now.
      const name = `/proc/self/fd/${fd}`;
      const place = this.folders.place(path);
      if (place === undefined) return 0;
      await copyFile(name, Buffer.from(place), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      this.noteStaged(path);
    } finally {
      closeSync(fd);
    }
    const copied = this.folders.place(path);
    if (copied !== undefined) this.#dress(copied, stats);
    return stats.size;
  }

  #dress(place: string | Buffer, stats: Stats): void {
    if (process.getuid?.() === 0) lchownSync(place, stats.uid, stats.gid);
    if (!stats.isSymbolicLink()) chmodSync(place, stats.mode & 0o7777);
    lutimesSync(place, stats.atime, stats.mtime);
  }
}
