import { hash } from 'node:crypto';
import { type BytePath, toText } from '../files/byte-path.ts';
import { digestContent } from '../files/content.ts';
import { ABSENT, type FileState, symlinkState } from '../files/file-state.ts';
import type { FileStat, FileTree, Looked } from '../files/file-tree.ts';
import { readTroubleOf } from '../files/read-trouble.ts';

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
    let readAtMs = now();
    const isFirst = known === undefined && read === undefined;
    const looked = isFirst ? await tree.look(path) : seen(known ?? (await tree.stat(path)));
    if (looked === undefined) return NOTHING;
    const { stat } = looked;
    if (read && read.observed.signature === stat.signature && read.readAtMs - stat.ctimeMs > RACY_MS) {
      return read.observed;
    }
    if (!isFirst) readAtMs = now();
    const { content } = looked;
    const observed = content ? this.#short(path, stat, content) : await this.#read(path, stat);
    if (observed.state.type === 'file') memory.set(path, { observed, readAtMs });
    return observed;
  }

  /** True while the path is still as it was observed, by its inode alone. */
  async unchanged(path: BytePath, observed: Observed): Promise<boolean> {
    const stat = await this.#options.tree.stat(path);
    return (stat?.signature ?? '') === observed.signature;
  }

  /** A file that was read whole with the look. */
  #short(path: BytePath, stat: FileStat, content: Uint8Array): Observed {
    const { looksSecret, onContent } = this.#options;
    onContent?.(path, content);
    const state: FileState = {
      type: 'file',
      mode: modeOf(stat),
      sha256: hash('sha256', content, 'hex'),
      sizeBytes: content.byteLength,
    };
    const secret = looksSecret?.(toText(path), content.subarray(0, SECRET_PROBE_BYTES)) ?? false;
    return { state, ctimeMs: stat.ctimeMs, signature: stat.signature, secret };
  }

  async #read(path: BytePath, stat: FileStat): Promise<Observed> {
    // A layer's mark that nothing is there; it came since the layer was listed.
    if (stat.whiteout) return NOTHING;
    const { tree, looksSecret } = this.#options;
    const { ctimeMs, signature } = stat;
    const found = (state: FileState): Observed => ({ state, ctimeMs, signature, secret: false });
    const mode = modeOf(stat);
    if (stat.type === 'folder') return found({ type: 'folder', mode });
    if (stat.type === 'special') return found({ type: 'special', mode, what: stat.what ?? 'character device' });
    try {
      if (stat.type === 'symlink') return found(symlinkState(await tree.target(path)));
      const content = await tree.content(path);
      if (content instanceof Uint8Array) return this.#short(path, stat, content);
      let secret = false;
      const digest = await digestContent(content, (head) => {
        secret = looksSecret?.(toText(path), head.subarray(0, SECRET_PROBE_BYTES)) ?? false;
      });
      return { ...found({ type: 'file', mode, ...digest }), secret };
    } catch (error) {
      const trouble = readTroubleOf(error);
      if (trouble === 'closed') return found({ type: 'special', mode, what: 'unreadable file' });
      // It went, or became something else, between the two looks.
      if (trouble === 'gone') return NOTHING;
      throw error;
    }
  }
}

function seen(stat: FileStat | undefined): Looked | undefined {
  return stat && { stat };
}

/** The sticky bit means nothing on a file. */
function modeOf({ type, mode }: FileStat): number {
  return type === 'file' ? mode & ~0o1000 : mode;
}
