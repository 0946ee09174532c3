import { type BytePath, join, parentOf } from '../files/byte-path.ts';
import type { FileStat, FileTree } from '../files/file-tree.ts';
import { namesIn } from '../files/names-in.ts';
import type { GitFolders } from '../git/git-folders.ts';
import { Pace } from '../pace.ts';
import type { LayerMark } from './layer-reader.ts';

/** Why a path is looked at, with what was found on the way: the session wrote something there, or removed what the workspace has. */
export interface Found {
  readonly by: 'write' | 'removal';
  readonly written?: FileStat | undefined;
  readonly workspace?: FileStat | undefined;
}

export interface TouchedOptions {
  readonly marks: readonly LayerMark[];
  readonly workspace: FileTree;
  readonly git: GitFolders;
  readonly signal: AbortSignal;
}

/** Paths where a layer may differ from the workspace; what is there on either side is still to be looked at. */
export class TouchedPaths {
  readonly found = new Map<BytePath, Found>();
  /** Folders of the workspace that the session removed. */
  readonly removedFolders = new Set<BytePath>();
  readonly #workspace: FileTree;
  readonly #git: GitFolders;
  readonly #pace: Pace;

  constructor({ workspace, git, signal }: Omit<TouchedOptions, 'marks'>) {
    this.#workspace = workspace;
    this.#git = git;
    this.#pace = new Pace(signal);
  }

  /** A file took a folder's place: everything that was in the folder is gone. */
  async replaceFolder(path: BytePath): Promise<void> {
    this.removedFolders.add(path);
    await this.removeCovered(path, new Set());
  }

  /** What is there is gone: a file, or every file of a folder. */
  async removeAll(path: BytePath): Promise<void> {
    if (await this.#git.isGitFolder(path)) return;
    if (this.#pace.due) await this.#pace.breathe();
    const stat = await this.#workspace.stat(path);
    if (stat === undefined) return;
    const names = stat.type === 'folder' ? await namesIn(this.#workspace, path) : [];
    if (stat.type !== 'folder') this.remove(path, stat);
    // What is in it is not known; so the whole of it is looked at as one thing that cannot be read.
    else if (names === undefined) this.remove(path, { ...stat, type: 'special', what: 'unreadable file' });
    else {
      this.removedFolders.add(path);
      for (const name of names) await this.removeAll(join(path, name));
    }
  }

  /** What of the workspace's folder is neither in the layer's folder nor shows through it. */
  async removeCovered(folder: BytePath, inLayer: ReadonlySet<BytePath>): Promise<void> {
    for (const name of (await namesIn(this.#workspace, folder)) ?? []) {
      const path = join(folder, name);
      if (!inLayer.has(path)) await this.removeAll(path);
    }
  }

  remove(path: BytePath, workspace: FileStat): void {
    if (!this.found.has(path)) this.found.set(path, { by: 'removal', workspace });
  }

  write(path: BytePath, known: Omit<Found, 'by'>): void {
    this.found.set(path, { by: 'write', ...known });
  }
}

/**
 * Expands a layer's marks: a whiteout over a folder, or an opaque folder, stands for every file that it covers. What the
 * workspace has where the session wrote a file is left to whoever reads it: it may turn out to be a folder (`replaceFolder`).
 */
export async function touchedPaths(options: TouchedOptions): Promise<TouchedPaths> {
  const { marks, workspace, git, signal } = options;
  const pace = new Pace(signal);
  const touched = new TouchedPaths(options);
  const opaque = new Set<BytePath>();
  let inLayer: ReadonlySet<BytePath> | undefined;
  for (const mark of marks) {
    const { path } = mark;
    if (await git.holds(path)) continue;
    if (pace.due) await pace.breathe();
    if (mark.mark === 'whiteout') {
      await touched.removeAll(path);
      continue;
    }
    if (mark.mark === 'file') {
      touched.write(path, { written: mark.stat });
      continue;
    }
    if (await git.isGitFolder(path)) continue;
    const before = await workspace.stat(path);
    if (mark.opaque || opaque.has(parentOf(path))) {
      opaque.add(path);
      inLayer ??= await pathsOf(marks, pace);
      if (before?.type === 'folder') await touched.removeCovered(path, inLayer);
    }
    if (before?.type !== 'folder') {
      if (mark.empty) touched.write(path, { workspace: before });
      else if (before) touched.remove(path, before);
    }
  }
  return touched;
}

async function pathsOf(marks: readonly LayerMark[], pace: Pace): Promise<ReadonlySet<BytePath>> {
  const paths = new Set<BytePath>();
  for (const { path } of marks) {
    if (pace.due) await pace.breathe();
    paths.add(path);
  }
  return paths;
}
