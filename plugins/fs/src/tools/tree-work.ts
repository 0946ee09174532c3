import { cp, opendir, rm, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ToolContext } from '@cavern/plugin-sdk/tool';
import { ToolError } from '@cavern/plugin-sdk/tool-error';

/** So often somebody who watches is told how far it is. */
const TOLD_EVERY = 1_000;

/** Work on a tree of files, one after the other: told of as it goes on, and ended between two of them when its call is cancelled. */
export class TreeWork {
  readonly #context: Pick<ToolContext, 'signal' | 'progress'>;
  readonly #verb: string;
  #done = 0;

  constructor(context: Pick<ToolContext, 'signal' | 'progress'>, verb: string) {
    this.#context = context;
    this.#verb = verb;
  }

  /** Copies; symlinks stay what they are, so nothing outside of the tree comes along. What a copy that is cancelled had made is taken away again. */
  async copy(
    from: string,
    to: string,
    options: { readonly isNew: boolean; readonly times: 'kept' | 'new' },
  ): Promise<void> {
    try {
      await cp(from, to, {
        recursive: true,
        verbatimSymlinks: true,
        force: true,
        preserveTimestamps: options.times === 'kept',
        filter: () => {
          this.#next();
          return true;
        },
      });
    } catch (thrown) {
      if (this.#context.signal.aborted && options.isNew) await rm(to, { recursive: true, force: true });
      throw thrown;
    }
  }

  /** Removes a folder with all it holds; what a removal that is cancelled had removed stays removed. */
  async remove(folder: string): Promise<void> {
    for await (const entry of await opendir(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await this.remove(path);
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
