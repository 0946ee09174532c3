import { createHash, hash, randomUUID } from 'node:crypto';
import { closeSync, createReadStream, existsSync, fstatSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { unlinkSync, write } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { SessionId } from '../../../schema/entities.ts';
import { type Content, WHOLE_LIMIT_BYTES, chunksOf } from '../../kernel/changes/content.ts';
import type { ContentStore, ContentStores } from '../../kernel/changes/content-store.ts';
import { errorCode } from './anchored-folders.ts';
import { ContentPack } from './content-pack.ts';
import { type Unsynced, syncAll } from './file-sync.ts';

const writeChunk = promisify(write);
const PACKED_BYTES = 256 * 1024;

/** The contents of each session, in a folder of its own. */
export class FileContentStores implements ContentStores {
  readonly #folder: string;
  readonly #open = new Map<SessionId, FileContentStore>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  of(session: SessionId): FileContentStore {
    const store = this.#open.get(session) ?? new FileContentStore(join(this.#folder, session));
    this.#open.set(session, store);
    return store;
  }

  async remove(session: SessionId): Promise<void> {
    this.#open.delete(session);
    await rm(join(this.#folder, session), { recursive: true, force: true });
  }
}

/** Small contents lie together in a pack; a large one is a file, named by its digest. */
export class FileContentStore implements ContentStore {
  readonly #folder: string;
  readonly #packPath: string;
  readonly #pack: ContentPack;
  readonly #unsynced = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
    this.#packPath = join(folder, 'small.pack');
    this.#pack = new ContentPack(this.#packPath);
  }

  async put(content: Content): Promise<string> {
    if (!(content instanceof Uint8Array) || content.byteLength > PACKED_BYTES) return this.#putLarge(content);
    const sha256 = hash('sha256', content, 'hex');
    if (await this.has(sha256)) return sha256;
    this.#pack.add(sha256, content);
    this.#unsynced.add(this.#packPath).add(this.#folder);
    return sha256;
  }

  async has(sha256: string): Promise<boolean> {
    return this.#pack.has(sha256) || existsSync(this.#path(sha256));
  }

  async get(sha256: string): Promise<Content> {
    const packed = this.#pack.read(sha256);
    if (packed) return packed;
    const path = this.#path(sha256);
    if (!existsSync(path)) throw new Error(`The content ${sha256} is not kept`);
    return createReadStream(path, { highWaterMark: WHOLE_LIMIT_BYTES });
  }

  async flush(): Promise<void> {
    this.#pack.flush();
  }

  async sync(): Promise<void> {
    this.#pack.flush();
    const paths = [...this.#unsynced];
    this.#unsynced.clear();
    await syncAll(paths.map(toUnsynced));
  }

  async #putLarge(content: Content): Promise<string> {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const temporary = join(this.#folder, `incoming-${randomUUID()}`);
    const fd = openSync(temporary, 'wx', 0o600);
    try {
      const digest = createHash('sha256');
      for await (const chunk of chunksOf(content)) {
        const writing = writeAll(fd, chunk);
        digest.update(chunk);
        await writing;
      }
      const sha256 = digest.digest('hex');
      const path = this.#path(sha256);
      renameSync(temporary, path);
      this.#unsynced.add(path).add(dirname(path));
      return sha256;
    } catch (error) {
      unlinkSync(temporary);
      throw error;
    } finally {
      closeSync(fd);
    }
  }

  #path(sha256: string): string {
    return join(this.#folder, sha256);
  }
}

async function writeAll(fd: number, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.byteLength; ) done += (await writeChunk(fd, chunk.subarray(done))).bytesWritten;
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
