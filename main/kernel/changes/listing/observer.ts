import { type BytePath, toText } from '../files/byte-path.ts';
import { digestContent } from '../files/content.ts';
import { ABSENT, type FileState, symlinkState } from '../files/file-state.ts';
import type { FileStat, FileTree, Looked } from '../files/file-tree.ts';

/** A path as it was found. */
export interface Observed {
  readonly state: FileState;
  /** Zero where there is nothing. */
  readonly ctimeMs: number;
  /** Empty where there is nothing. */
  readonly signature: string;
  /** What `looksSecret` said of the content; false where it was not asked. */
  readonly secret: boolean;
}

export const NOTHING: Observed = { state: ABSENT, ctimeMs: 0, signature: '', secret: false };

/** Says of a file's first bytes whether they look like a secret. */
export type SecretPredicate = (path: string, head: Uint8Array) => boolean;

interface Remembered {
  readonly observed: Observed;
  /** When it was read: a file written in the same tick of the clock may carry the same time stamp. */
  readonly readAtMs: number;
}

/** How much of a file is looked at for secrets. */
const SECRET_PROBE_BYTES = 64 * 1024;
/** Coarser than any file system clock in use (a jiffy of 10 ms). */
const RACY_MS = 100;

export interface ObserverOptions {
  readonly tree: FileTree;
  readonly memory: ObserverMemory;
  readonly now: () => number;
  readonly looksSecret?: SecretPredicate | undefined;
  /** Given the whole content of each short file that is read. */
  readonly onContent?: ((path: BytePath, content: Uint8Array) => void) | undefined;
}

/** What was read before, by path; it lets a second look cost a stat instead of a read. */
export type ObserverMemory = Map<BytePath, Remembered>;

/** Looks at files and remembers their digests for as long as their inode does not change. */
export class Observer {
  readonly #options: ObserverOptions;

  constructor(options: ObserverOptions) {
    this.#options = options;
  }

  get tree(): FileTree {
    return this.#options.tree;
  }

  /** @param known what was found there a moment ago, to save a second look */
  async observe(path: BytePath, known?: FileStat): Promise<Observed> {
    const { tree, memory, now } = this.#options;
    const read = memory.get(path);
    if (known === undefined && read === undefined) return this.#first(path);
    const stat = known ?? (await tree.stat(path));
    if (stat === undefined) return NOTHING;
    if (read && read.observed.signature === stat.signature && read.readAtMs - stat.ctimeMs > RACY_MS) {
      return read.observed;
    }
    const readAtMs = now();
    return this.#remember(path, readAtMs, await this.#read(path, { stat }));
  }

  async #first(path: BytePath): Promise<Observed> {
    const readAtMs = this.#options.now();
    const looked = await this.#options.tree.look(path);
    return looked ? this.#remember(path, readAtMs, await this.#read(path, looked)) : NOTHING;
  }

  #remember(path: BytePath, readAtMs: number, observed: Observed): Observed {
    if (observed.state.type === 'file') this.#options.memory.set(path, { observed, readAtMs });
    return observed;
  }

  /** True while the path is still as it was observed, by its inode alone. */
  async unchanged(path: BytePath, observed: Observed): Promise<boolean> {
    const stat = await this.#options.tree.stat(path);
    return (stat?.signature ?? '') === observed.signature;
  }

  async #read(path: BytePath, looked: Looked): Promise<Observed> {
    const { stat } = looked;
    const { tree, looksSecret, onContent } = this.#options;
    let secret = false;
    const found = (state: FileState): Observed => ({ state, ctimeMs: stat.ctimeMs, signature: stat.signature, secret });
    // The sticky bit means nothing on a file.
    const mode = stat.type === 'file' ? stat.mode & ~0o1000 : stat.mode;
    if (stat.type === 'folder') return found({ type: 'folder', mode });
    if (stat.type === 'special') return found({ type: 'special', mode, what: stat.what ?? 'character device' });
    try {
      if (stat.type === 'symlink') return found(symlinkState(await tree.target(path)));
      const content = looked.content ?? (await tree.content(path));
      if (content instanceof Uint8Array) onContent?.(path, content);
      const digest = await digestContent(content, (head) => {
        secret = looksSecret?.(toText(path), head.subarray(0, SECRET_PROBE_BYTES)) ?? false;
      });
      return found({ type: 'file', mode, ...digest });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EACCES' || code === 'EPERM') return found({ type: 'special', mode, what: 'unreadable file' });
      // It went, or became something else, between the two looks.
      if (code === 'ENOENT' || code === 'ELOOP' || code === 'EINVAL' || code === 'ENXIO') return NOTHING;
      throw error;
    }
  }
}
