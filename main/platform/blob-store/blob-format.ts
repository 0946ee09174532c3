import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { loadZstd } from './zstd.ts';

/*
 * A blob on disk, version 1 (docs/audit-format.md):
 *
 *   header   "CVBL", the version byte 1, 32 bytes of salt
 *   chunks   each a length (32 bits, big endian) and that many bytes: AES-256-GCM with its 16-byte tag behind
 *
 * The file's key is HKDF-SHA256 of the home's key with the salt and the info "cavern blob 1"; so no nonce can repeat. The
 * nonce is the chunk's number (11 bytes, big endian) and a byte that is 1 in the last chunk, as in STREAM
 * (https://eprint.iacr.org/2015/189): chunks cannot be dropped, swapped or cut off unseen. The header is authenticated with
 * each. Inside a chunk: a byte 0 and up to 64 KiB as they are, or a byte 1 and a zstd frame of them.
 */

const MAGIC = Buffer.from('CVBL');
const VERSION = 1;
const SALT_BYTES = 32;
export const HEADER_BYTES = MAGIC.length + 1 + SALT_BYTES;
/** Small enough that compressing one takes a thread a few milliseconds at most. */
export const CHUNK_BYTES = 64 * 1024;
const LENGTH_BYTES = 4;
const TAG_BYTES = 16;
const SEALED_LIMIT_BYTES = 1 + CHUNK_BYTES + TAG_BYTES;
const ALGORITHM = 'aes-256-gcm';
const RAW = 0;
const ZSTD = 1;

/** Seals the chunks of one new file. */
export class BlobSealer {
  readonly header: Buffer;
  readonly #key: Buffer;
  #count = 0;

  constructor(homeKey: Uint8Array) {
    this.header = Buffer.concat([MAGIC, Buffer.from([VERSION]), randomBytes(SALT_BYTES)]);
    this.#key = fileKey(homeKey, this.header);
  }

  /** A chunk of at most CHUNK_BYTES as it is written, its length before it. */
  async seal(chunk: Uint8Array, place: 'inner' | 'last'): Promise<Buffer> {
    const zstd = await loadZstd();
    const frame = await zstd.compress(chunk);
    const smaller = frame.length < chunk.length;
    const cipher = createCipheriv(ALGORITHM, this.#key, nonceOf(this.#count, place)).setAAD(this.header);
    this.#count += 1;
    const codec = cipher.update(Buffer.from([smaller ? ZSTD : RAW]));
    const body = cipher.update(smaller ? frame : chunk);
    const sealed = Buffer.concat([Buffer.alloc(LENGTH_BYTES), codec, body, cipher.final(), cipher.getAuthTag()]);
    sealed.writeUInt32BE(sealed.length - LENGTH_BYTES);
    return sealed;
  }
}

/** Opens the chunks of one file in their order. Throws for everything that is not as it was written. */
export class BlobOpener {
  readonly #header: Buffer;
  readonly #key: Buffer;
  #count = 0;

  constructor(homeKey: Uint8Array, header: Buffer) {
    if (header.length !== HEADER_BYTES || !header.subarray(0, MAGIC.length).equals(MAGIC))
      throw new Error('It is no blob');
    const version = header[MAGIC.length];
    if (version !== VERSION) throw new Error(`Its format has the version ${version}`);
    this.#header = Buffer.from(header);
    this.#key = fileKey(homeKey, this.#header);
  }

  async open(sealed: Buffer, place: 'inner' | 'last'): Promise<Uint8Array> {
    const decipher = createDecipheriv(ALGORITHM, this.#key, nonceOf(this.#count, place)).setAAD(this.#header);
    this.#count += 1;
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const body = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
    decipher.final();
    if (body[0] === RAW) return body.subarray(1);
    const zstd = await loadZstd();
    return zstd.decompress(body.subarray(1), CHUNK_BYTES);
  }
}

/** Cuts the bytes behind the header into sealed chunks, and tells the last one. Throws where a length cannot be right. */
export async function* sealedChunks(
  content: AsyncIterable<Buffer>,
): AsyncGenerator<{ sealed: Buffer; place: 'inner' | 'last' }> {
  let rest = Buffer.alloc(0);
  let held: Buffer | undefined;
  for await (const bytes of content) {
    rest = Buffer.concat([rest, bytes]);
    for (;;) {
      const length = rest.length < LENGTH_BYTES ? undefined : rest.readUInt32BE();
      if (length !== undefined && (length <= TAG_BYTES || length > SEALED_LIMIT_BYTES))
        throw new Error('A length is wrong');
      if (length === undefined || rest.length < LENGTH_BYTES + length) break;
      if (held) yield { sealed: held, place: 'inner' };
      held = Buffer.from(rest.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
      rest = rest.subarray(LENGTH_BYTES + length);
    }
  }
  if (rest.length > 0 || held === undefined) throw new Error('It is cut off');
  yield { sealed: held, place: 'last' };
}

/** Cuts content into chunks of CHUNK_BYTES; the last one may be shorter, even empty. */
export async function* plainChunks(
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ chunk: Uint8Array; place: 'inner' | 'last' }> {
  let chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let filled = 0;
  for await (const bytes of content) {
    for (let from = 0; from < bytes.length; ) {
      if (filled === CHUNK_BYTES) {
        yield { chunk, place: 'inner' };
        chunk = Buffer.allocUnsafe(CHUNK_BYTES);
        filled = 0;
      }
      const part = bytes.subarray(from, from + CHUNK_BYTES - filled);
      chunk.set(part, filled);
      filled += part.length;
      from += part.length;
    }
  }
  yield { chunk: chunk.subarray(0, filled), place: 'last' };
}

/** A whole small blob, in memory. */
export async function sealWhole(homeKey: Uint8Array, content: Uint8Array): Promise<Buffer> {
  const sealer = new BlobSealer(homeKey);
  const parts = [sealer.header];
  for await (const { chunk, place } of plainChunks(once(content))) parts.push(await sealer.seal(chunk, place));
  return Buffer.concat(parts);
}

/** The content of one; throws for everything that is not as it was written. */
export async function openWhole(homeKey: Uint8Array, blob: Buffer): Promise<Buffer> {
  const opener = new BlobOpener(homeKey, blob.subarray(0, HEADER_BYTES));
  const parts: Uint8Array[] = [];
  for await (const { sealed, place } of sealedChunks(once(blob.subarray(HEADER_BYTES)))) {
    parts.push(await opener.open(sealed, place));
  }
  return Buffer.concat(parts);
}

/** Bytes as a stream of one piece. */
export async function* once<B extends Uint8Array>(bytes: B): AsyncGenerator<B> {
  yield bytes;
}

function fileKey(homeKey: Uint8Array, header: Buffer): Buffer {
  const salt = header.subarray(HEADER_BYTES - SALT_BYTES);
  return Buffer.from(hkdfSync('sha256', homeKey, salt, 'cavern blob 1', 32));
}

function nonceOf(count: number, place: 'inner' | 'last'): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(count, 5, 6);
  nonce[11] = place === 'last' ? 1 : 0;
  return nonce;
}
