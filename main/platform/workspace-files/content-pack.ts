import { closeSync, constants, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
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
 * (32 bits, little-endian), its SHA-256 and its bytes; one that a crash cut off at the end is overwritten by the next.
 */
export class ContentPack {
  readonly #path: string;
  readonly #places = new Map<string, Place>();
  /** What is not yet in the file. */
  readonly #pending = new Map<string, Buffer>();
  #pendingBytes = 0;
  /** How far the file is known. */
  #knownBytes = 0;

  constructor(path: string) {
    this.#path = path;
    this.#catchUp();
  }

  has(sha256: string): boolean {
    return this.#pending.has(sha256) || this.#places.has(sha256);
  }

  add(sha256: string, bytes: Uint8Array): void {
    this.#pending.set(sha256, Buffer.from(bytes));
    this.#pendingBytes += HEAD_BYTES + bytes.byteLength;
    if (this.#pendingBytes >= BUFFER_BYTES) this.flush();
  }

  /** Undefined when it is not there, or no longer what it was. */
  read(sha256: string): Buffer | undefined {
    const pending = this.#pending.get(sha256);
    if (pending) return pending;
    if (!this.#places.has(sha256)) this.#catchUp();
    const place = this.#places.get(sha256);
    if (place === undefined) return undefined;
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
    if (this.#pending.size === 0) return;
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    this.#catchUp();
    const fd = openSync(this.#path, constants.O_WRONLY | constants.O_CREAT, 0o600);
    try {
      const records = [...this.#pending].flatMap(([sha256, bytes]) => [headOf(sha256, bytes.length), bytes]);
      const bytes = Buffer.concat(records);
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(fd, bytes, done, bytes.length - done, this.#knownBytes + done);
      }
      // A rest of a record that a crash left may reach further than what was written over it.
      ftruncateSync(fd, this.#knownBytes + bytes.length);
    } finally {
      closeSync(fd);
    }
    this.#pending.clear();
    this.#pendingBytes = 0;
    this.#catchUp();
  }

  /** Reads the heads of records that were not known yet. */
  #catchUp(): void {
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
      while (readSync(fd, head, 0, HEAD_BYTES, this.#knownBytes) === HEAD_BYTES) {
        const length = head.readUInt32LE();
        const offset = this.#knownBytes + HEAD_BYTES;
        if (offset + length > size) return;
        this.#places.set(head.toString('hex', LENGTH_BYTES), { offset, length });
        this.#knownBytes = offset + length;
      }
    } finally {
      closeSync(fd);
    }
  }
}

function headOf(sha256: string, length: number): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(length);
  head.write(sha256, LENGTH_BYTES, 'hex');
  return head;
}
