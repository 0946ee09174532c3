import type { Dirent } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { SECRET_PROBE_BYTES, mayBeSecret, secretRule } from '../../kernel/sandboxes/secret-paths.ts';
import { Fault } from '../../../schema/fault.ts';

/** Folders whose contents come from elsewhere, or are git's own: not searched. */
const SKIPPED = new Set(['node_modules', '.git']);

/** Folders that are read at a time; the file system's work is done by four threads. */
const AT_ONCE = 8;

export interface ScanOptions {
  readonly signal?: AbortSignal | undefined;
  /** The operator's own list. */
  readonly isHidden?: (path: string) => boolean;
  /** More entries than this are not a workspace but a disk. */
  readonly limitEntries?: number;
}

/** Then everyone else has a turn. */
const ENTRIES_A_TURN = 512;

const LIMIT_ENTRIES = 2_000_000;

/**
 * Finds the files of a workspace that a sandbox must not see. Names are bytes: they need not be UTF-8.
 * @returns paths relative to the workspace
 * @throws Fault `workspace_invalid` where the folder is too large to search: a secret might be missed
 */
export async function scanSecrets(workspace: string, options: ScanOptions = {}): Promise<Buffer[]> {
  const scan = new Scan(Buffer.from(workspace), options);
  return scan.run();
}

class Scan {
  readonly #root: Buffer;
  readonly #signal: AbortSignal | undefined;
  readonly #limit: number;
  readonly #isHidden: ScanOptions['isHidden'];
  readonly #folders: Buffer[] = [Buffer.alloc(0)];
  readonly #found: Buffer[] = [];
  #entries = 0;
  #busy = 0;

  constructor(root: Buffer, options: ScanOptions) {
    this.#root = root;
    this.#signal = options.signal;
    this.#limit = options.limitEntries ?? LIMIT_ENTRIES;
    this.#isHidden = options.isHidden;
  }

  async run(): Promise<Buffer[]> {
    await new Promise<void>((resolve, reject) => this.#fill(resolve, reject));
    return this.#found.sort(Buffer.compare);
  }

  #fill(resolve: () => void, reject: (cause: unknown) => void): void {
    if (this.#busy === 0 && this.#folders.length === 0) resolve();
    while (this.#busy < AT_ONCE) {
      const folder = this.#folders.pop();
      if (folder === undefined) return;
      this.#busy += 1;
      this.#read(folder).then(() => {
        this.#busy -= 1;
        this.#fill(resolve, reject);
      }, reject);
    }
  }

  async #read(folder: Buffer): Promise<void> {
    this.#signal?.throwIfAborted();
    for (const entry of await this.#entriesOf(folder)) {
      if (++this.#entries > this.#limit) throw tooLarge(this.#root, this.#limit);
      if (this.#entries % ENTRIES_A_TURN === 0) await setImmediate();
      const name = entry.name.toString('latin1');
      if (entry.isDirectory()) {
        if (!SKIPPED.has(name)) this.#folders.push(below(folder, entry.name));
        continue;
      }
      // Most names are done with here.
      if (this.#isHidden === undefined && !mayBeSecret(name)) continue;
      const path = below(folder, entry.name);
      if (this.#isHidden?.(path.toString()) === true || (mayBeSecret(name) && (await this.#isSecret(path)))) {
        this.#found.push(path);
      }
    }
  }

  /** A folder that the operator may not read is one that a sandbox may not read either: it runs as the operator. */
  async #entriesOf(folder: Buffer): Promise<Dirent<Buffer>[]> {
    try {
      return await readdir(below(this.#root, folder), { withFileTypes: true, encoding: 'buffer' });
    } catch (thrown) {
      if (isErrno(thrown, ['EACCES', 'ENOENT', 'ENOTDIR'])) return [];
      throw thrown;
    }
  }

  async #isSecret(path: Buffer): Promise<boolean> {
    const rule = secretRule(path.toString());
    if (rule === 'yes') return true;
    if (rule === 'no') return false;
    try {
      return rule.test(await beginningOf(below(this.#root, path)));
    } catch {
      // What cannot be read cannot be judged, and is hidden.
      return true;
    }
  }
}

async function beginningOf(path: Buffer): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SECRET_PROBE_BYTES), 0, SECRET_PROBE_BYTES, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

const SLASH = Buffer.from('/');

/** `path` below `folder`; an empty one stands for the folder itself. */
export function below(folder: Buffer, path: Buffer): Buffer {
  if (folder.length === 0) return path;
  return path.length === 0 ? folder : Buffer.concat([folder, SLASH, path]);
}

/** True for a failure of the file system with one of these codes. */
export function isErrno(thrown: unknown, codes: readonly string[]): boolean {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' && codes.includes(thrown.code);
}

function tooLarge(root: Buffer, limit: number): Fault {
  return new Fault('workspace_invalid', `Cannot use folder "${root.toString()}": it is too large to look for secrets`, {
    why: `It holds more than ${limit} files.`,
    fix: 'Choose a folder further down.',
  });
}
