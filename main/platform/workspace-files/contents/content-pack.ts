import { hash } from 'node:crypto';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Secret } from '../../../base/secret.ts';
import { openWhole, sealWhole } from '../../blob-store/blob-format.ts';
import { errorCode } from '../folders/anchored-folders.ts';

const MAGIC = Buffer.from('CVPK');
const VERSION = 1;
const HEADER = Buffer.concat([MAGIC, Buffer.from([VERSION])]);
const LENGTH_BYTES = 4;
const DIGEST_BYTES = 32;
const HEAD_BYTES = DIGEST_BYTES + LENGTH_BYTES;
/** Contents are compressed and encrypted together up to this many bytes: reading one of them reads that much. */
const GROUP_BYTES = 256 * 1024;
const GROUP_LIMIT_BYTES = 64 * 1024 * 1024;

interface Group {
  readonly offset: number;
  readonly length: number;
}

interface OpenedGroup {
  readonly group: Group;
  readonly contents: Promise<ReadonlyMap<string, Buffer> | undefined>;
}

export interface ContentPackOptions {
  readonly path: string;
  /** The home's key: 32 bytes. */
  readonly key: Secret<Uint8Array>;
}

/**
 * Many small contents in one file: making a file for each would cost far more than the bytes (docs/audit-format.md has the
 * format). A group that a crash cut off at the end is overwritten by the next one.
 */
export class ContentPack {
  readonly #options: ContentPackOptions;
  readonly #places = new Map<string, Group>();
  /** What is not yet in the file. */
  #pending = new Map<string, Buffer>();
  #pendingBytes = 0;
  #flushing: Promise<void> = Promise.resolve();
  /** What is on its way into the file. */
  #writing: ReadonlyMap<string, Buffer> = new Map();
  /** The group that was read last: what is asked for next lies in it most often. */
  #last: OpenedGroup | undefined;
  #caughtUp: Promise<void> | undefined;
  #isKnown = false;
  /** What was to be written last could not be; it waits. */
  #isStuck = false;
  /** How far the file is known. */
  #knownBytes = 0;
  #damagedGroups = 0;
  /** One after the other: what reads on and what writes. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: ContentPackOptions) {
    this.#options = options;
  }

  async has(sha256: string): Promise<boolean> {
    if (this.#unwritten(sha256)) return true;
    await this.#known();
    return this.#places.has(sha256);
  }

  /** What `has` answers; undefined while the file was not read yet. */
  hasNow(sha256: string): boolean | undefined {
    if (this.#unwritten(sha256) || this.#places.has(sha256)) return true;
    return this.#isKnown ? false : undefined;
  }

  /**
   * The bytes are kept as they are until they are written: nobody may change them any more. Undefined where there is nothing
   * to wait for. After a failure nothing more is taken before what waits could be written: a full disk fills no memory.
   */
  add(sha256: string, bytes: Uint8Array): Promise<void> | undefined {
    return this.#isStuck ? this.flush().then(() => this.#take(sha256, bytes)) : this.#take(sha256, bytes);
  }

  #take(sha256: string, bytes: Uint8Array): Promise<void> | undefined {
    this.#pending.set(sha256, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    this.#pendingBytes += HEAD_BYTES + bytes.byteLength;
    return this.#pendingBytes < GROUP_BYTES ? undefined : this.#begin();
  }

  async #begin(): Promise<void> {
    // One group is compressed and written while the next one is gathered; a failure is told by what comes next.
    await this.#flushing;
    this.#flushing = this.flush().catch(() => undefined);
  }

  /** Undefined when it is not there, or no longer what it was. */
  async read(sha256: string): Promise<Buffer | undefined> {
    const unwritten = this.#unwritten(sha256);
    if (unwritten) return unwritten;
    await this.#known();
    const group = this.#places.get(sha256);
    if (group === undefined) return undefined;
    if (this.#last?.group !== group) this.#last = { group, contents: this.#openGroup(group) };
    return (await this.#last.contents)?.get(sha256);
  }

  /** Hands to the operating system what was added. */
  flush(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#pending.size === 0) return;
      await (this.#caughtUp ??= this.#catchUp());
      this.#writing = this.#pending;
      this.#pending = new Map();
      this.#pendingBytes = 0;
      try {
        await this.#write(this.#writing);
        this.#isStuck = false;
      } catch (cause) {
        this.#isStuck = true;
        // They wait again, behind nothing that came meanwhile and is the same.
        this.#pending = new Map([...this.#writing, ...this.#pending]);
        throw cause;
      } finally {
        this.#writing = new Map();
      }
    });
  }

  /** How many contents the file holds, and how many of its groups are damaged. */
  async check(): Promise<{ readonly contents: number; readonly damagedGroups: number }> {
    await this.#known();
    return { contents: this.#places.size, damagedGroups: this.#damagedGroups };
  }

  /** Resolves when the file was read, which is done once: nobody else writes to it. */
  async #known(): Promise<void> {
    await (this.#caughtUp ?? this.#inTurn(() => (this.#caughtUp ??= this.#catchUp())));
    this.#isKnown = true;
  }

  #unwritten(sha256: string): Buffer | undefined {
    return this.#pending.get(sha256) ?? this.#writing.get(sha256);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined); // whoever asked is told
    return mine;
  }

  async #write(contents: ReadonlyMap<string, Buffer>): Promise<void> {
    const { path, key } = this.#options;
    const sealed = await sealWhole(key.reveal(), joined(contents));
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(sealed.length);
    const isNew = this.#knownBytes === 0;
    const bytes = Buffer.concat([...(isNew ? [HEADER] : []), length, sealed]);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, isNew ? 'w' : 'r+', 0o600);
    try {
      for (let done = 0; done < bytes.length; ) {
        const rest = bytes.length - done;
        done += (await file.write(bytes, done, rest, this.#knownBytes + done)).bytesWritten;
      }
      // A rest of a group that a crash left may reach further than what was written over it.
      await file.truncate(this.#knownBytes + bytes.length);
    } finally {
      await file.close();
    }
    const offset = this.#knownBytes + bytes.length - sealed.length;
    this.#know({ offset, length: sealed.length }, contents.keys());
  }

  #know(group: Group, digests: Iterable<string>): void {
    for (const sha256 of digests) this.#places.set(sha256, group);
    this.#knownBytes = group.offset + group.length;
  }

  /** Reads which contents the file holds. */
  async #catchUp(): Promise<void> {
    const file = await this.#openFile();
    if (file === undefined) return;
    try {
      const { size } = await file.stat();
      const header = Buffer.alloc(HEADER.length);
      await file.read(header, 0, HEADER.length, 0);
      // Nothing is known of a file that is no pack, and the next group begins one in its place.
      if (!header.equals(HEADER)) return;
      this.#knownBytes = HEADER.length;
      const length = Buffer.alloc(LENGTH_BYTES);
      while (this.#knownBytes + LENGTH_BYTES < size) {
        await file.read(length, 0, LENGTH_BYTES, this.#knownBytes);
        const group = { offset: this.#knownBytes + LENGTH_BYTES, length: length.readUInt32BE() };
        if (group.length > GROUP_LIMIT_BYTES || group.offset + group.length > size) return;
        const contents = await this.#openGroup(group, file);
        if (contents === undefined) this.#damagedGroups += 1;
        this.#know(group, contents?.keys() ?? []);
      }
    } finally {
      await file.close();
    }
  }

  /** Undefined where the group is damaged. */
  async #openGroup(group: Group, opened?: FileHandle): Promise<Map<string, Buffer> | undefined> {
    const file = opened ?? (await this.#openFile());
    if (file === undefined) return undefined;
    try {
      const sealed = Buffer.alloc(group.length);
      await file.read(sealed, 0, group.length, group.offset);
      return contentsOf(await openWhole(this.#options.key.reveal(), sealed));
    } catch {
      return undefined;
    } finally {
      if (opened === undefined) await file.close();
    }
  }

  async #openFile(): Promise<FileHandle | undefined> {
    try {
      return await open(this.#options.path, 'r');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }
}

/** The contents of a group; throws for what is not as it was written. */
function contentsOf(plain: Buffer): Map<string, Buffer> {
  const contents = new Map<string, Buffer>();
  for (let at = 0; at < plain.length; ) {
    const sha256 = plain.toString('hex', at, at + DIGEST_BYTES);
    const from = at + HEAD_BYTES;
    at = from + plain.readUInt32BE(at + DIGEST_BYTES);
    const bytes = plain.subarray(from, at);
    if (hash('sha256', bytes, 'hex') !== sha256) throw new Error('A content has another digest');
    contents.set(sha256, bytes);
  }
  return contents;
}

/** The plain bytes of a group: for each content its digest, its length and itself. */
function joined(contents: ReadonlyMap<string, Buffer>): Buffer {
  let bytes = 0;
  for (const content of contents.values()) bytes += HEAD_BYTES + content.length;
  const group = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const [sha256, content] of contents) {
    group.write(sha256, at, 'hex');
    group.writeUInt32BE(content.length, at + DIGEST_BYTES);
    group.set(content, at + HEAD_BYTES);
    at += HEAD_BYTES + content.length;
  }
  return group;
}
