import { createHash, hash } from 'node:crypto';

/** The bytes of a file: whole when it is small, in chunks when it is not. A chunk is valid until the next one is asked for. */
export type Content = Uint8Array | AsyncIterable<Uint8Array>;

/** Files up to this size are read at once; larger ones in chunks, giving way in between. */
export const WHOLE_LIMIT_BYTES = 1024 * 1024;

export async function* chunksOf(content: Content): AsyncGenerator<Uint8Array, void, undefined> {
  if (!(content instanceof Uint8Array)) return yield* content;
  if (content.byteLength <= WHOLE_LIMIT_BYTES) return yield content;
  for (let at = 0; at < content.byteLength; at += WHOLE_LIMIT_BYTES) yield content.subarray(at, at + WHOLE_LIMIT_BYTES);
}

export interface Digest {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Reads to the end. `onHead` is given the first bytes, once, for a look at what it is. */
export async function digestContent(content: Content, onHead?: (head: Uint8Array) => void): Promise<Digest> {
  if (content instanceof Uint8Array) {
    onHead?.(content);
    return { sha256: hash('sha256', content, 'hex'), sizeBytes: content.byteLength };
  }
  const digest = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of content) {
    if (sizeBytes === 0) onHead?.(chunk);
    digest.update(chunk);
    sizeBytes += chunk.byteLength;
  }
  return { sha256: digest.digest('hex'), sizeBytes };
}

/** Reads at most `limitBytes`; undefined when there is more. */
export async function wholeContent(content: Content, limitBytes: number): Promise<Buffer | undefined> {
  if (content instanceof Uint8Array) return content.byteLength > limitBytes ? undefined : Buffer.from(content);
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of content) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > limitBytes) return undefined;
    parts.push(Buffer.from(chunk));
  }
  return Buffer.concat(parts);
}

/**
 * Reads a file of a known size for another thread: what is large lies in memory that both see, so that it is not copied at
 * once. Undefined when it is of another size by now.
 */
export async function sharedContent(content: Content, sizeBytes: number): Promise<Uint8Array | undefined> {
  if (content instanceof Uint8Array) return content.byteLength === sizeBytes ? content : undefined;
  const whole = new Uint8Array(new SharedArrayBuffer(sizeBytes));
  let filled = 0;
  for await (const chunk of content) {
    if (filled + chunk.byteLength > sizeBytes) return undefined;
    whole.set(chunk, filled);
    filled += chunk.byteLength;
  }
  return filled === sizeBytes ? whole : undefined;
}
