import {
  chmod,
  constants,
  copyFile,
  lstat,
  mkdir,
  readdir,
  readlink,
  rm,
  rmdir,
  symlink,
  unlink,
  utimes,
} from 'node:fs/promises';
import type { ToolContext } from '@cavern/plugin-sdk/tool';
import { ToolError } from '@cavern/plugin-sdk/tool-error';

/** So often somebody who watches is told how far it is. */
const TOLD_EVERY = 1_000;
const SLASH = Buffer.from('/');

function within(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, SLASH, name]);
}

/** Work on a tree of files, one after the other: told of as it goes on, and ended between two of them when its call is cancelled. */
export class TreeWork {
  readonly #context: Pick<ToolContext, 'signal' | 'progress'>;
  readonly #verb: string;
  #done = 0;

  constructor(context: Pick<ToolContext, 'signal' | 'progress'>, verb: string) {
    this.#context = context;
    this.#verb = verb;
  }

  /** Copies; symlinks stay what they are, so nothing outside of the tree comes along. Nothing is there yet, and nothing is left of a copy that fails. */
  async copy(from: string, to: string, options: { readonly times: 'kept' | 'new' }): Promise<void> {
    try {
      await this.#copy(Buffer.from(from), Buffer.from(to), options.times);
    } catch (thrown) {
      await rm(to, { recursive: true, force: true });
      throw thrown;
    }
  }

  /** Removes a folder with all it holds; what a removal that is cancelled had removed stays removed. */
  async remove(folder: string): Promise<void> {
    await this.#remove(Buffer.from(folder));
  }

  /** Names are bytes here: not every one is UTF-8. */
  async #copy(from: Buffer, to: Buffer, times: 'kept' | 'new'): Promise<void> {
    this.#next();
    const stats = await lstat(from);
    if (stats.isSymbolicLink()) return symlink(await readlink(from, 'buffer'), to);
    if (stats.isDirectory()) {
      await mkdir(to);
      for (const name of await readdir(from, 'buffer')) await this.#copy(within(from, name), within(to, name), times);
    } else if (stats.isFile()) await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    else
      throw new ToolError('not_a_file', `Cannot ${this.#verb} "${from.toString()}": it is no file, folder or symlink`);
    await chmod(to, stats.mode & 0o7777);
    if (times === 'kept') await utimes(to, stats.atime, stats.mtime);
  }

  async #remove(folder: Buffer): Promise<void> {
    for (const name of await readdir(folder, 'buffer')) {
      const path = within(folder, name);
      if ((await lstat(path)).isDirectory()) await this.#remove(path);
      else {
        this.#next();
        await unlink(path);
      }
    }
    await rmdir(folder);
  }

  /** Throws ToolError `cancelled`. */
  #next(): void {
    const { signal, progress } = this.#context;
    if (signal.aborted) throw new ToolError('cancelled', `Cannot ${this.#verb} all of it: the call was cancelled`);
    this.#done += 1;
    if (this.#done % TOLD_EVERY === 0) progress(`${this.#verb}: ${this.#done} so far`, { done: this.#done });
  }
}
