import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { createReadStream, write } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Content, WHOLE_LIMIT_BYTES, chunksOf } from '../../kernel/changes/content.ts';
import type { ContentStore } from '../../kernel/changes/content-store.ts';
import { errorCode } from './anchored-folders.ts';
import { type Unsynced, syncAll } from './file-sync.ts';

const writeChunk = promisify(write);
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

function openAgain(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** A file for each content, named by its digest: what old states of a workspace are kept in. */
export class FileContentStore implements ContentStore {
  readonly #folder: string;
  #unsynced: Unsynced[] = [];
  readonly #made = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async put(content: Content): Promise<string> {
    if (content instanceof Uint8Array) {
      const sha256 = createHash('sha256').update(content).digest('hex');
      if (!existsSync(this.#path(sha256))) await this.#write(content);
      return sha256;
    }
    return this.#write(content);
  }

  async has(sha256: string): Promise<boolean> {
    return existsSync(this.#path(sha256));
  }

  async get(sha256: string): Promise<Content> {
    const path = this.#path(sha256);
    const { size } = statSync(path);
    return size <= WHOLE_LIMIT_BYTES
      ? readFileSync(path)
      : createReadStream(path, { highWaterMark: WHOLE_LIMIT_BYTES });
  }

  async sync(): Promise<void> {
    await syncAll(this.#unsynced.splice(0));
  }

  async #write(content: Content): Promise<string> {
    this.#makeFolder(this.#folder);
    const temporary = join(this.#folder, `incoming-${randomUUID()}`);
    const fd = openSync(temporary, CREATE, 0o600);
    try {
      const hash = createHash('sha256');
      for await (const chunk of chunksOf(content)) {
        hash.update(chunk);
        for (let done = 0; done < chunk.byteLength; ) {
          const rest = done === 0 ? chunk : chunk.subarray(done);
          done += rest.byteLength < WHOLE_LIMIT_BYTES ? writeSync(fd, rest) : (await writeChunk(fd, rest)).bytesWritten;
        }
      }
      const sha256 = hash.digest('hex');
      const path = this.#path(sha256);
      this.#makeFolder(dirname(path));
      renameSync(temporary, path);
      const { dev: device } = fstatSync(fd);
      this.#unsynced.push({ device, open: () => openAgain(path) }, { device, open: () => openAgain(dirname(path)) });
      return sha256;
    } catch (error) {
      unlinkSync(temporary);
      throw error;
    } finally {
      closeSync(fd);
    }
  }

  #makeFolder(path: string): void {
    if (this.#made.has(path)) return;
    mkdirSync(path, { recursive: true, mode: 0o700 });
    this.#made.add(path);
  }

  #path(sha256: string): string {
    return join(this.#folder, sha256.slice(0, 2), sha256);
  }
}
