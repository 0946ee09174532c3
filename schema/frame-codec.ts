import { CARRIES_BYTES, carriedBytes, encodeByteFrame, partsOfByteFrame, withBytes } from './byte-frame.ts';
import type { Frame } from './frame.ts';
import { type FrameFlaw, frameFlaw, type FrameViolationCode, isTextTooDeep, writtenFlaw } from './frame-check.ts';
import { FRAME_LIMIT_BYTES, FRAME_LIMIT_DEPTH } from './frame-limits.ts';

/** What arrived is not a frame. Whoever receives it ends the connection; nothing after it can be trusted to be aligned. */
export class FrameViolation extends Error {
  override readonly name = 'FrameViolation';
  readonly code: FrameViolationCode;
  /** Frames of the same `push` that were complete before the violation. */
  readonly before: readonly Frame[];

  constructor(code: FrameViolationCode, message: string, before: readonly Frame[] = []) {
    super(message);
    this.code = code;
    this.before = before;
  }
}

const HEADER_BYTES = 4;
/** Where fewer are left, a text may have been cut. */
const LONGEST_CHARACTER_BYTES = 4;
const FIRST_CAPACITY_BYTES = 64 * 1024;
/** A shorter text may be parsed before its depth is known: were it brackets alone, their arrays would take some 60 MB for a moment. */
const LOOKED_AT_AFTER_LENGTH = 1024 * 1024;
/** Stands in a text for bytes that are not UTF-8. */
const REPLACED = '\uFFFD';

// `ignoreBOM` keeps a byte order mark in the text, where JSON.parse refuses it.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Small frames share an allocation, as Node's own Buffers do: making one each costs more than their JSON. */
const SLAB_BYTES = 64 * 1024;
let slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
let slabUsed = 0;

/**
 * Gives the bytes of one frame: four bytes of length, big-endian, and UTF-8 JSON; what an event carries as bytes follows as it is.
 * Throws FrameViolation for what no receiver would take: longer than 16 MiB, deeper than 64 levels, an own key `__proto__`.
 */
export function encodeFrame(frame: Frame): Uint8Array {
  const carried = carriedBytes(frame);
  if (carried !== undefined) return encodeCarrying(frame, carried);
  const text = JSON.stringify(frame);
  if (text.length > FRAME_LIMIT_BYTES) throw tooLong(text.length);
  const flaw = writtenFlaw(frame, text);
  if (flaw !== undefined) throw cannotTake(flaw);
  const mostBytes = text.length * 3 + HEADER_BYTES;
  if (mostBytes <= SLAB_BYTES / 4) {
    const start = reserve(mostBytes);
    const written = slab.write(text, start + HEADER_BYTES, 'utf8');
    // Four stores: here the check of writeUInt32BE costs more than they do.
    slab[start] = 0;
    slab[start + 1] = written >>> 16;
    slab[start + 2] = written >>> 8;
    slab[start + 3] = written;
    slabUsed = start + HEADER_BYTES + written;
    return slab.subarray(start, slabUsed);
  }
  const bytes = encodeLong(text);
  bytes.writeUInt32BE(bytes.length - HEADER_BYTES);
  return bytes;
}

/** The bytes of a text with room for a header before them. Most texts are nearly ASCII, and counting their bytes first costs a second pass. */
function encodeLong(text: string): Buffer {
  const guessed = Buffer.allocUnsafeSlow(HEADER_BYTES + text.length + (text.length >>> 3) + LONGEST_CHARACTER_BYTES);
  const written = HEADER_BYTES + guessed.write(text, HEADER_BYTES, 'utf8');
  const isWhole = guessed.length - written >= LONGEST_CHARACTER_BYTES;
  const length = isWhole ? written - HEADER_BYTES : Buffer.byteLength(text, 'utf8');
  if (length > FRAME_LIMIT_BYTES) throw tooLong(length);
  if (isWhole) return guessed.subarray(0, written);
  const bytes = Buffer.allocUnsafeSlow(HEADER_BYTES + length);
  bytes.write(text, HEADER_BYTES, 'utf8');
  return bytes;
}

function encodeCarrying(frame: Frame, bytes: Uint8Array): Uint8Array {
  try {
    return encodeByteFrame(frame, bytes);
  } catch (cause) {
    throw cause instanceof RangeError ? tooLong(bytes.length) : cause;
  }
}

export interface FrameDecoderOptions {
  /** Events may carry bytes. A frame that does is too long for who does not take them. */
  readonly bytes?: 'taken';
  /** A response that is longer is taken as one with the error `output_limit`. */
  readonly answerLimitBytes?: number | undefined;
}

/** Turns the bytes of one connection into frames, however they are cut. After a violation it takes nothing more. */
export class FrameDecoder {
  readonly #takesBytes: boolean;
  readonly #answerLimitBytes: number;
  #carriesBytes = false;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerFilled = 0;
  /** Of the frame that is being received; undefined between frames. */
  #length: number | undefined;
  #payload = Buffer.alloc(0);
  #filled = 0;
  #violated = false;

  constructor({ bytes, answerLimitBytes = FRAME_LIMIT_BYTES }: FrameDecoderOptions = {}) {
    this.#takesBytes = bytes === 'taken';
    this.#answerLimitBytes = answerLimitBytes;
  }

  /** Gives the frames that `chunk` completes; throws FrameViolation. It keeps no reference to `chunk`. */
  push(chunk: Uint8Array): Frame[] {
    if (this.#violated) return [];
    const bytes = bufferOf(chunk);
    if (this.#length === undefined && this.#headerFilled === 0 && isOneFrame(bytes)) return this.#only(bytes);
    const frames: Frame[] = [];
    try {
      let at = 0;
      for (;;) {
        if (this.#length === undefined) {
          at = this.#takeHeader(bytes, at);
          if (this.#length === undefined) return frames;
        }
        const length: number = this.#length;
        if (this.#filled === 0 && chunk.length - at >= length) {
          frames.push(this.#decode(bytes, at, at + length));
          at += length;
        } else {
          const part = chunk.subarray(at, at + length - this.#filled);
          this.#collect(part, length);
          at += part.length;
          if (this.#filled < length) return frames;
          frames.push(this.#decode(this.#payload, 0, length));
        }
        this.#startOver();
      }
    } catch (cause) {
      this.#violated = true;
      this.#payload = Buffer.alloc(0);
      if (cause instanceof FrameViolation) throw new FrameViolation(cause.code, cause.message, frames);
      throw cause;
    }
  }

  /** Call when the connection has ended; throws `truncated` when it ended inside a frame. */
  end(): void {
    if (this.#violated) return;
    this.#violated = true;
    if (this.#length === undefined && this.#headerFilled === 0) return;
    throw new FrameViolation('truncated', 'Cannot read the frame: the connection ended inside it');
  }

  /** Most chunks are one small frame; violated unless it decodes. */
  #only(bytes: Buffer): Frame[] {
    this.#violated = true;
    const frame = decodeFrame(bytes, HEADER_BYTES, bytes.length);
    this.#violated = false;
    return [frame];
  }

  #takeHeader(chunk: Buffer, from: number): number {
    let at = from;
    let length: number;
    if (this.#headerFilled === 0 && chunk.length - at >= HEADER_BYTES) {
      length = chunk.readUInt32BE(at);
      at += HEADER_BYTES;
    } else {
      while (this.#headerFilled < HEADER_BYTES && at < chunk.length) {
        this.#header[this.#headerFilled++] = chunk[at++] ?? 0;
      }
      if (this.#headerFilled < HEADER_BYTES) return at;
      length = this.#header.readUInt32BE();
    }
    this.#carriesBytes = this.#takesBytes && length >= CARRIES_BYTES;
    if (this.#carriesBytes) length -= CARRIES_BYTES;
    if (length > FRAME_LIMIT_BYTES) throw tooLong(length);
    if (length === 0) throw new FrameViolation('schema', 'Cannot read the frame: it is empty');
    this.#length = length;
    return at;
  }

  #decode(payload: Buffer, start: number, end: number): Frame {
    const frame = this.#carriesBytes ? decodeCarrying(payload, start, end) : decodeFrame(payload, start, end);
    return end - start > this.#answerLimitBytes && frame.type === 'response'
      ? this.#unanswered(frame, end - start)
      : frame;
  }

  #unanswered({ id }: Frame, length: number): Frame {
    const message = `Cannot take the answer: it has ${length} bytes, more than ${this.#answerLimitBytes}`;
    return { id, type: 'response', error: { code: 'output_limit', message, retryable: false } };
  }

  /** Grows with what has arrived, not with what was announced: an announcement costs the sender nothing. */
  #collect(part: Uint8Array, length: number): void {
    const needed = this.#filled + part.length;
    if (needed > this.#payload.length) {
      const capacity = Math.min(length, Math.max(needed, this.#payload.length * 2, FIRST_CAPACITY_BYTES));
      const grown = Buffer.allocUnsafeSlow(capacity);
      grown.set(this.#payload.subarray(0, this.#filled));
      this.#payload = grown;
    }
    this.#payload.set(part, this.#filled);
    this.#filled = needed;
  }

  #startOver(): void {
    this.#length = undefined;
    this.#headerFilled = 0;
    this.#filled = 0;
    if (this.#payload.length > FIRST_CAPACITY_BYTES) this.#payload = Buffer.alloc(0);
  }
}

function isOneFrame(chunk: Buffer): boolean {
  const length = chunk.length - HEADER_BYTES;
  return length > 0 && length <= FIRST_CAPACITY_BYTES && chunk.readUInt32BE(0) === length;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function decodeCarrying(payload: Buffer, start: number, end: number): Frame {
  const parts = partsOfByteFrame(payload, start, end);
  const frame = parts && withBytes(decodeFrame(payload, parts.json, parts.bytes), payload.subarray(parts.bytes, end));
  if (frame === undefined) throw new FrameViolation('schema', 'Cannot read the frame: it is no event with bytes');
  return frame;
}

function decodeFrame(bytes: Buffer, start: number, end: number): Frame {
  const text = textOf(bytes, start, end);
  // Before parsing: millions of brackets would cost memory that the frame's own size does not show.
  if (text.length > LOOKED_AT_AFTER_LENGTH && isTextTooDeep(text)) throw tooDeep();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    if (isTextTooDeep(text)) throw tooDeep();
    throw new FrameViolation('json', 'Cannot read the frame: it is not JSON');
  }
  const flaw = frameFlaw(value);
  if (flaw !== undefined) throw cannotTake(flaw);
  return value as Frame; // frameFlaw has checked every field of the schema.
}

/** Throws `encoding`. What is not UTF-8 shows as U+FFFD; only where there is one, it is looked at whether it was written so. */
function textOf(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, end);
  if (!text.includes(REPLACED)) return text;
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    throw new FrameViolation('encoding', 'Cannot read the frame: it is not UTF-8');
  }
}

/** Where in the slab so many bytes are free. */
function reserve(bytes: number): number {
  if (slabUsed + bytes > slab.length) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    slabUsed = 0;
  }
  return slabUsed;
}

function tooLong(length: number): FrameViolation {
  return new FrameViolation('too_long', `Cannot take the frame: ${length} bytes are more than ${FRAME_LIMIT_BYTES}`);
}

function tooDeep(): FrameViolation {
  return new FrameViolation('too_deep', `Cannot take the frame: it is nested deeper than ${FRAME_LIMIT_DEPTH}`);
}

function cannotTake({ code, why }: FrameFlaw): FrameViolation {
  return new FrameViolation(code, `Cannot take the frame: ${why}`);
}
