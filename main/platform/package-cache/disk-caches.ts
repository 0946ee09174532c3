import { createHash } from 'node:crypto';
import { access, chown, mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../../base/id.ts';
import type { CacheEntry, CacheUser, PackageCaches } from '../../kernel/sandboxes/caches/package-caches.ts';
import { removeTree } from '../workspace-layer/remove-tree.ts';
import { usedBytes } from '../workspace-layer/used-bytes.ts';

/** What a sandbox is given, what says whose it is, and what says that it grew too large. */
const [CONTENT, OWNER, FULL] = ['content', 'workspace', 'full'] as const;
const NAME_LENGTH = 32;
const IS_NAME = /^[0-9a-f]{32}$/;

/** Caches below one folder, each named by a digest of its workspace's path. Only its content is ever given to a sandbox. */
export class DiskCaches implements PackageCaches {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async open(workspace: string, user: CacheUser): Promise<string> {
    const folder = this.#folder(workspace);
    const content = join(folder, CONTENT);
    if (await isThere(join(folder, FULL))) await this.#discard(folder);
    await mkdir(content, { recursive: true, mode: 0o700 });
    await writeFile(join(folder, OWNER), workspace, { mode: 0o600 });
    if (process.getuid?.() === 0) await chown(content, user.uid, user.gid);
    return content;
  }

  usedBytes(workspace: string, signal: AbortSignal): Promise<number> {
    return usedBytes([join(this.#folder(workspace), CONTENT)], signal);
  }

  async markFull(workspace: string): Promise<void> {
    await writeFile(join(this.#folder(workspace), FULL), '');
  }

  async list(): Promise<readonly CacheEntry[]> {
    const names = await readdir(this.#root).catch(() => []);
    const entries = names.map(async (name): Promise<CacheEntry> => {
      const folder = join(this.#root, name);
      const workspace = await readFile(join(folder, OWNER), 'utf8').catch(() => '');
      return { name, workspace, sizeBytes: await usedBytes([folder]) };
    });
    return Promise.all(entries);
  }

  async remove(name: string): Promise<void> {
    // The half of a removal that was interrupted has a name of its own.
    if (IS_NAME.test(name) || name.startsWith('old-')) await this.#discard(join(this.#root, name));
  }

  /** Out of the way at once, and gone then: nobody is given half of it. */
  async #discard(folder: string): Promise<void> {
    const old = join(this.#root, `old-${newId()}`);
    try {
      await rename(folder, old);
    } catch {
      // It is gone already.
      return;
    }
    await removeTree(old);
  }

  #folder(workspace: string): string {
    return join(this.#root, createHash('sha256').update(workspace).digest('hex').slice(0, NAME_LENGTH));
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
