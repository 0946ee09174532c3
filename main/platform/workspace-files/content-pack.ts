import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { hash } from 'node:crypto';
import { dirname } from 'node:path';
import { errorCode } from './anchored-folders.ts';

const LENGTH_BYTES = 4;
const DIGEST_BYTES = 32;
const HEAD_BYTES = LENGTH_BYTES + DIGEST_BYTES;
const BUFFER_BYTES = 1024 * 1024;

interface Place {
  readonly offset: number;
  readonly length: number;
}

/**
 * Many small contents in one file: making a file for each would cost far more than the bytes. A record is its length
 * (32 bits, little-endian), its SHA-256 and its bytes; one that a crash cut off at the end is dropped at the next opening.
 */
export class ContentPack {
  readonly #path: string;
  readonly #places = new Map<string, Place>();
  /** What is not yet in the file, and where it begins there. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #writtenBytes = 0;

  constructor(path: string) {
    this.#path = path;
    this.#scan();
  }

  has(sha256: string): boolean {
    return this.#places.has(sha256);
  }

  add(sha256: string, bytes: Uint8Array): void {
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32LE(bytes.byteLength);
    head.write(sha256, LENGTH_BYTES, 'hex');
    const offset = this.#writtenBytes + this.#pendingBytes + HEAD_BYTES;
    this.#pending.push(head, Buffer.from(bytes));
    this.#pendingBytes += HEAD_BYTES + bytes.byteLength;
    this.#places.set(sha256, { offset, length: bytes.byteLength });
    if (this.#pendingBytes >= BUFFER_BYTES) this.flush();
  }

  /** Undefined when it is not there, or no longer what it was. */
  read(sha256: string): Buffer | undefined {
    const place = this.#places.get(sha256);
    if (place === undefined) return undefined;
    if (place.offset >= this.#writtenBytes) this.flush();
    const fd = openSync(this.#path, 'r');
    try {
      const bytes = Buffer.alloc(place.length);
      const count = readSync(fd, bytes, 0, place.length, place.offset);
      return count === place.length && hash('sha256', bytes, 'hex') === sha256 ? bytes : undefined;
    } finally {
      closeSync(fd);
    }
  }

  /** Hands to the operating system what was added. */
  flush(): void {
    if (this.#pendingBytes === 0) return;
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    const fd = openSync(this.#path, 'a', 0o600);
    try {
      // A rest of a record, left by a crash.
      if (fstatSync(fd).size !== this.#writtenBytes) ftruncateSync(fd, this.#writtenBytes);
      const bytes = Buffer.concat(this.#pending);
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    } finally {
      closeSync(fd);
    }
    this.#writtenBytes += this.#pendingBytes;
    this.#pending = [];
    this.#pendingBytes = 0;
  }

  #scan(): void {
    let fd: number;
    try {
      fd = openSync(this.#path, 'r');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return;
      throw error;
    }
    try {
      const { size } = fstatSync(fd);
      const head = Buffer.alloc(HEAD_BYTES);
      for (let offset = 0; readSync(fd, head, 0, HEAD_BYTES, offset) === HEAD_BYTES; offset = this.#writtenBytes) {
        const length = head.readUInt32LE();
        if (offset + HEAD_BYTES + length > size) return;
        this.#places.set(head.toString('hex', LENGTH_BYTES), { offset: offset + HEAD_BYTES, length });
        this.#writtenBytes = offset + HEAD_BYTES + length;
      }
    } finally {
      closeSync(fd);
    }
  }
}
