import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../../schema/fault.ts';
import type { Secret } from '../../base/secret.ts';
import { BlobOpener, BlobSealer, CHUNK_BYTES, HEADER_BYTES, once, plainChunks, sealedChunks } from './blob-format.ts';

/** Content that is stored: the SHA-256 of its bytes is its name. */
export interface Blob {
  readonly sha256: string;
  readonly sizeBytes: number;
}

export interface BlobStoreOptions {
  readonly folder: string;
  /** The home's key: 32 bytes. */
  readonly key: Secret<Uint8Array>;
}

const NAME = /^[0-9a-f]{64}$/;
const UNFINISHED = 'unfinished';

/** Content by its digest, compressed and encrypted, in files that appear whole or not at all. Memory stays within a few chunks. */
export class BlobStore {
  readonly #options: BlobStoreOptions;

  private constructor(options: BlobStoreOptions) {
    this.#options = options;
  }

  /** Removes what a crash left unfinished; only one store may have a folder open. */
  static open(options: BlobStoreOptions): BlobStore {
    const unfinished = join(options.folder, UNFINISHED);
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true, mode: 0o700 });
    return new BlobStore(options);
  }

  /**
   * Stores content; on disk when it resolves. The same content is stored once. `commit` puts it in its place, and may do
   * more before anybody else does anything with that content. Rejects with `storage_failed`.
   */
  async put(
    content: AsyncIterable<Uint8Array> | Uint8Array,
    commit: (blob: Blob, place: () => Promise<void>) => Promise<void> = (_, place) => place(),
  ): Promise<Blob> {
    const temporary = join(this.#options.folder, UNFINISHED, randomBytes(8).toString('hex'));
    try {
      const blob = await this.#write(temporary, content instanceof Uint8Array ? once(content) : content);
      await commit(blob, () => this.#place(temporary, blob));
      return blob;
    } catch (cause) {
      await rm(temporary, { force: true });
      throw storeFault('store the content', cause);
    }
  }

  /**
   * The content's bytes, as they are asked for. Its last chunk comes only after the digest of the whole was found right.
   * Throws `not_found`, or `blob_damaged` for whatever is not as it was written.
   */
  async *read(sha256: string): AsyncGenerator<Uint8Array, void, undefined> {
    const file = await this.#openFile(sha256);
    try {
      const header = Buffer.alloc(HEADER_BYTES);
      const { bytesRead } = await file.read(header, 0, HEADER_BYTES, 0);
      const opener = new BlobOpener(this.#options.key.reveal(), header.subarray(0, bytesRead));
      const digest = createHash('sha256');
      const options = { fd: file, start: HEADER_BYTES, highWaterMark: CHUNK_BYTES, autoClose: false };
      for await (const { sealed, place } of sealedChunks(createReadStream('', options))) {
        const chunk = await opener.open(sealed, place);
        digest.update(chunk);
        if (place === 'last' && digest.digest('hex') !== sha256) throw new Error('Its content has another digest');
        yield chunk;
      }
    } catch (cause) {
      throw damaged(sha256, cause);
    } finally {
      await file.close();
    }
  }

  async has(sha256: string): Promise<boolean> {
    try {
      await stat(this.#pathOf(sha256));
      return true;
    } catch {
      return false;
    }
  }

  /** Does nothing where there is no such content. */
  async delete(sha256: string): Promise<void> {
    await rm(this.#pathOf(sha256), { force: true });
  }

  /** The names of everything that is stored. */
  async *list(): AsyncGenerator<string, void, undefined> {
    for (const prefix of (await readdir(this.#options.folder)).sort()) {
      if (!/^[0-9a-f]{2}$/.test(prefix)) continue;
      for (const rest of (await readdir(join(this.#options.folder, prefix))).sort()) {
        if (NAME.test(prefix + rest)) yield prefix + rest;
      }
    }
  }

  /** Reads one to its end and tells what is wrong with it; undefined for nothing. */
  async problemOf(sha256: string): Promise<string | undefined> {
    try {
      for await (const _ of this.read(sha256));
      return undefined;
    } catch (cause) {
      return cause instanceof Fault ? (cause.why ?? cause.message) : String(cause);
    }
  }

  async #place(temporary: string, { sha256 }: Blob): Promise<void> {
    const path = this.#pathOf(sha256);
    const folder = join(path, '..');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // In place of one that is there already: it holds the same, or is damaged.
    await rename(temporary, path);
    await syncFolder(folder);
  }

  async #write(path: string, content: AsyncIterable<Uint8Array>): Promise<Blob> {
    const file = await open(path, 'wx', 0o600);
    try {
      const sealer = new BlobSealer(this.#options.key.reveal());
      const digest = createHash('sha256');
      let sizeBytes = 0;
      await file.appendFile(sealer.header);
      for await (const { chunk, place } of plainChunks(content)) {
        digest.update(chunk);
        sizeBytes += chunk.length;
        await file.appendFile(await sealer.seal(chunk, place));
      }
      await file.sync();
      return { sha256: digest.digest('hex'), sizeBytes };
    } finally {
      await file.close();
    }
  }

  async #openFile(sha256: string): Promise<FileHandle> {
    try {
      return await open(this.#pathOf(sha256), 'r');
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') {
        throw new Fault('not_found', `Cannot read the content ${sha256}: it is not stored`);
      }
      throw storeFault('read the content', cause);
    }
  }

  #pathOf(sha256: string): string {
    if (!NAME.test(sha256)) throw new Fault('not_found', 'Cannot find the content: its name is not a SHA-256');
    return join(this.#options.folder, sha256.slice(0, 2), sha256.slice(2));
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function damaged(sha256: string, cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  return new Fault('blob_damaged', `Cannot read the content ${sha256}: its file is damaged`, {
    cause,
    why: cause instanceof Error ? cause.message : String(cause),
  });
}

function storeFault(action: string, cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  const reason = code === 'ENOSPC' ? 'the disk is full' : 'the disk refused';
  return new Fault('storage_failed', `Cannot ${action}: ${reason}`, { cause, data: { code }, retryable: true });
}
