import type { BytePath } from '../files/byte-path.ts';
import type { Content } from '../files/content.ts';
import type { ContentStore } from '../files/content-store.ts';
import type { FileState } from '../files/file-state.ts';
import type { FileTree } from '../files/file-tree.ts';
import { readTroubleOf } from '../files/read-trouble.ts';
import type { ChangeItem } from '../listing/change-item.ts';
import { eachPaced } from '../pace.ts';

export interface BaseKeeperOptions {
  readonly workspace: FileTree;
  readonly contents: ContentStore;
  /** What is kept already; what is kept from now on is added once it is recorded. */
  readonly bases: Map<BytePath, FileState>;
  /** Records it on the disk. */
  readonly append: (fresh: ReadonlyMap<BytePath, FileState>) => Promise<void>;
}

/**
 * Keeps the old content of every path that is seen to be changed for the first time, while the others are still read: what
 * was just read is compressed and written meanwhile, and need not be read again. Ignored and secret-looking files are not
 * copied anywhere before somebody asks for them to be merged.
 */
export class BaseKeeper {
  readonly #options: BaseKeeperOptions;
  readonly #fresh = new Map<BytePath, FileState>();
  #read: { readonly path: BytePath; readonly content: Uint8Array } | undefined;

  constructor(options: BaseKeeperOptions) {
    this.#options = options;
  }

  /** The workspace's file was read just now. */
  noteRead(path: BytePath, content: Uint8Array): void {
    this.#read = { path, content };
  }

  /** Undefined where there is nothing to wait for. */
  keep(item: ChangeItem): Promise<void> | undefined {
    const { path, base } = item;
    if (!isKept(item, base) || this.#options.bases.has(path)) return undefined;
    if (base.type === 'file') return this.#keepFile(path, base);
    this.#fresh.set(path, base);
    return undefined;
  }

  async finish(): Promise<void> {
    const { contents, bases, append } = this.#options;
    await contents.flush();
    await append(this.#fresh);
    await eachPaced(this.#fresh, ([path, state]) => bases.set(path, state));
  }

  async #keepFile(path: BytePath, base: FileState & { type: 'file' }): Promise<void> {
    const { contents } = this.#options;
    if (this.#read?.path === path) {
      await contents.put(this.#read.content, base.sha256);
      this.#fresh.set(path, base);
      // Where it changed just now, the next look will find no base, and show a conflict.
    } else if (await this.#keepContent(path, base.sha256)) this.#fresh.set(path, base);
  }

  /** True when what is kept has that digest. */
  async #keepContent(path: BytePath, sha256: string): Promise<boolean> {
    const { contents, workspace } = this.#options;
    try {
      const content: Content = await workspace.content(path);
      return (await contents.put(content)) === sha256;
    } catch (error) {
      if (readTroubleOf(error) !== undefined) return false;
      throw error;
    }
  }
}

function isKept(item: ChangeItem, base: FileState | undefined): base is FileState & { type: 'file' | 'symlink' } {
  if (item.ignored || item.secret || item.hidden) return false;
  return base?.type === 'file' || base?.type === 'symlink';
}
