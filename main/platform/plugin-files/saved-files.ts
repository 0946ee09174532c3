import { type FSWatcher, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';

/** An editor touches a file several times when it saves it. */
const SETTLING_MS = 100;
/** What nobody saves by hand; the first can hold tens of thousands of folders. */
const LEFT_OUT = new Set(['node_modules', '.git']);

/** The watchers of a folder and of every folder in it: Linux tells of one folder at a time. */
class FolderTree implements Disposable {
  readonly #root: string;
  readonly #onSave: () => void;
  readonly #watchers: FSWatcher[] = [];

  constructor(root: string, onSave: () => void) {
    this.#root = root;
    this.#onSave = onSave;
  }

  /**
   * Watches what is there now. All anew: a folder that took the place of another can have its number as well. What is saved
   * meanwhile is seen by whoever looks at the folder afterwards.
   */
  follow(): void {
    this[Symbol.dispose]();
    this.#visit(this.#root);
  }

  [Symbol.dispose](): void {
    for (const watcher of this.#watchers.splice(0)) watcher.close();
  }

  #visit(folder: string): void {
    try {
      const watcher = watch(folder, this.#onSave);
      watcher.on('error', this.#onSave);
      this.#watchers.push(watcher);
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (entry.isDirectory() && !LEFT_OUT.has(entry.name)) this.#visit(join(folder, entry.name));
      }
    } catch {
      // It went away while it was looked at, which the folder that it was in tells of.
    }
  }
}

/**
 * Tells whenever something in a folder was saved, once for all that is saved within a tenth of a second; `node_modules` and links are
 * not looked into. Told by the system, nothing is asked again and again. Disposing ends it.
 */
export function watchSaves(folder: string, clock: Clock, onSave: () => void): Disposable {
  let settling: Disposable | undefined;
  const settle = (): void => {
    settling?.[Symbol.dispose]();
    settling = clock.setTimer(SETTLING_MS, () => {
      tree.follow();
      onSave();
    });
  };
  const tree = new FolderTree(folder, settle);
  tree.follow();
  return {
    [Symbol.dispose]() {
      settling?.[Symbol.dispose]();
      tree[Symbol.dispose]();
    },
  };
}
