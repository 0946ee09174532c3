import { hash } from 'node:crypto';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionId } from '../../../../schema/entities.ts';
import type { Secret } from '../../../base/secret.ts';
import type { Content } from '../../../kernel/changes/files/content.ts';
import type { ContentStore, ContentStores } from '../../../kernel/changes/files/content-store.ts';
import { ContentLost } from '../../../kernel/changes/files/read-trouble.ts';
import type { OwnedBlobs } from '../../blob-store/owned-blobs.ts';
import { errorCode } from '../folders/anchored-folders.ts';
import { ContentPack } from './content-pack.ts';
import { type Unsynced, syncAll } from '../folders/file-sync.ts';

const PACKED_BYTES = 256 * 1024;
const PACK = 'small.pack';

export interface FileContentStoresOptions {
  /** Holds a folder for each session with its pack. */
  readonly folder: string;
  readonly blobs: OwnedBlobs;
  /** The home's key: 32 bytes. */
  readonly key: Secret<Uint8Array>;
}

export interface PackReport {
  readonly packs: number;
  readonly contents: number;
  readonly damaged: readonly { readonly session: string; readonly groups: number }[];
}

/** The contents of each session: small ones in a pack of its own, large ones in the store that all of them share. */
export class FileContentStores implements ContentStores {
  readonly #options: FileContentStoresOptions;
  readonly #open = new Map<string, FileContentStore>();

  constructor(options: FileContentStoresOptions) {
    this.#options = options;
  }

  of(session: SessionId): FileContentStore {
    const store = this.#open.get(session) ?? new FileContentStore(session, this.#options);
    this.#open.set(session, store);
    return store;
  }

  async remove(session: SessionId): Promise<void> {
    this.#open.delete(session);
    await rm(join(this.#options.folder, session), { recursive: true, force: true });
    await this.#options.blobs.release(session);
  }

  /** Reads every pack. */
  async check(signal: AbortSignal): Promise<PackReport> {
    const { folder, key } = this.#options;
    let [packs, contents] = [0, 0];
    const damaged: PackReport['damaged'][number][] = [];
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      signal.throwIfAborted();
      const path = join(folder, entry.name, PACK);
      if (!entry.isDirectory() || !(await readdir(join(folder, entry.name))).includes(PACK)) continue;
      const report = await new ContentPack({ path, key }).check();
      packs += 1;
      contents += report.contents;
      if (report.damagedGroups > 0) damaged.push({ session: entry.name, groups: report.damagedGroups });
    }
    return { packs, contents, damaged };
  }
}

/** The old contents of one session. */
export class FileContentStore implements ContentStore {
  readonly #session: string;
  readonly #folder: string;
  readonly #packPath: string;
  readonly #pack: ContentPack;
  readonly #blobs: OwnedBlobs;
  #unsynced: 'pack' | 'nothing' = 'nothing';

  constructor(session: string, { folder, blobs, key }: FileContentStoresOptions) {
    this.#session = session;
    this.#folder = join(folder, session);
    this.#packPath = join(this.#folder, PACK);
    this.#pack = new ContentPack({ path: this.#packPath, key });
    this.#blobs = blobs;
  }

  async put(content: Content, known?: string): Promise<string> {
    if (!(content instanceof Uint8Array)) return (await this.#blobs.put(this.#session, content)).sha256;
    const sha256 = known ?? hash('sha256', content, 'hex');
    if (content.byteLength > PACKED_BYTES) {
      if (!(await this.has(sha256))) await this.#blobs.put(this.#session, content);
      return sha256;
    }
    if (this.#pack.hasNow(sha256) ?? (await this.#pack.has(sha256))) return sha256;
    this.#unsynced = 'pack';
    const waiting = this.#pack.add(sha256, content);
    if (waiting !== undefined) await waiting;
    return sha256;
  }

  /** What is stored for another session is kept for this one too from here on. */
  async has(sha256: string): Promise<boolean> {
    return (await this.#pack.has(sha256)) || (await this.#blobs.adopt(this.#session, sha256));
  }

  async get(sha256: string): Promise<Content> {
    const packed = await this.#pack.read(sha256);
    if (packed) return packed;
    // Whoever reads it needs it, though a repaired database may have forgotten that.
    if (!(await this.#blobs.adopt(this.#session, sha256))) throw new ContentLost(`The content ${sha256} is not kept`);
    return this.#blobs.read(sha256);
  }

  async flush(): Promise<void> {
    await this.#pack.flush();
  }

  async sync(): Promise<void> {
    await this.#pack.flush();
    // Large contents are on the disk as soon as they are put.
    if (this.#unsynced === 'nothing') return;
    this.#unsynced = 'nothing';
    await syncAll([this.#packPath, this.#folder].map(toUnsynced));
  }
}

function toUnsynced(path: string): Unsynced {
  const open = (): number | undefined => {
    try {
      return openSync(path, 'r');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  };
  const fd = open();
  if (fd === undefined) return { device: 0, open };
  const { dev: device } = fstatSync(fd);
  closeSync(fd);
  return { device, open };
}
