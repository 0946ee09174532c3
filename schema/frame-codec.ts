import type { Frame } from './frame.ts';
import { FRAME_LIMIT_BYTES, FRAME_LIMIT_DEPTH } from './frame-limits.ts';

export type FrameViolationCode = 'too_long' | 'encoding' | 'json' | 'schema' | 'too_deep' | 'truncated';

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
const FIRST_CAPACITY_BYTES = 64 * 1024;
/** A shorter text may be parsed before its depth is known: were it brackets alone, their arrays would take some 60 MB for a moment. */
const LOOKED_AT_AFTER_LENGTH = 1024 * 1024;
const ID_LIMIT = 64;
const METHOD_LIMIT = 128;
const FRAME_KEYS = new Set(['id', 'type', 'method', 'params', 'result', 'error']);
const ERROR_KEYS = new Set(['code', 'message', 'retryable', 'why', 'fix', 'data']);
/** A character of `__proto__` written as an escape: with it the key can be there although the text does not show it. */
const ESCAPED_PROTO_CHARACTER = /\\u00(?:5f|70|72|6f|74)/i;

// `ignoreBOM` keeps a byte order mark in the text, where JSON.parse refuses it.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Small frames share an allocation, as Node's own Buffers do: making one each costs more than their JSON. */
const SLAB_BYTES = 64 * 1024;
let slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
let slabUsed = 0;

/**
 * Gives the bytes of one frame: four bytes of length, big-endian, and UTF-8 JSON.
 * Throws FrameViolation for what no receiver would take: longer than 16 MiB, deeper than 64 levels, an own key `__proto__`.
 */
export function encodeFrame(frame: Frame): Uint8Array {
  const text = JSON.stringify(frame);
  if (text.length > FRAME_LIMIT_BYTES) throw tooLong(text.length);
  // What says for itself how it is written may be written deeper than it is.
  if (!isWithinDepth(frame, FRAME_LIMIT_DEPTH)) checkDepth(text);
  if (mayHoldPrototypeKey(text)) refusePrototypeKey(frame);
  const mostBytes = text.length * 3 + HEADER_BYTES;
  if (mostBytes <= SLAB_BYTES / 4) {
    const start = reserve(mostBytes);
    const written = slab.write(text, start + HEADER_BYTES, 'utf8');
    slab.writeUInt32BE(written, start);
    slabUsed = start + HEADER_BYTES + written;
    return slab.subarray(start, slabUsed);
  }
  const length = Buffer.byteLength(text, 'utf8');
  if (length > FRAME_LIMIT_BYTES) throw tooLong(length);
  const bytes = Buffer.allocUnsafeSlow(HEADER_BYTES + length);
  bytes.writeUInt32BE(length);
  bytes.write(text, HEADER_BYTES, 'utf8');
  return bytes;
}

/** Turns the bytes of one connection into frames, however they are cut. After a violation it takes nothing more. */
export class FrameDecoder {
  readonly #header = new Uint8Array(HEADER_BYTES);
  #headerFilled = 0;
  /** Of the frame that is being received; undefined between frames. */
  #length: number | undefined;
  #payload = new Uint8Array(0);
  #filled = 0;
  #violated = false;

  /** Gives the frames that `chunk` completes; throws FrameViolation. It keeps no reference to `chunk`. */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    if (this.#violated) return frames;
    try {
      let at = 0;
      for (;;) {
        if (this.#length === undefined) {
          at = this.#takeHeader(chunk, at);
          if (this.#length === undefined) return frames;
        }
        const length: number = this.#length;
        if (this.#filled === 0 && chunk.length - at >= length) {
          frames.push(decodeFrame(chunk.subarray(at, at + length)));
          at += length;
        } else {
          const part = chunk.subarray(at, at + length - this.#filled);
          this.#collect(part, length);
          at += part.length;
          if (this.#filled < length) return frames;
          frames.push(decodeFrame(this.#payload.subarray(0, length)));
        }
        this.#startOver();
      }
    } catch (cause) {
      this.#violated = true;
      this.#payload = new Uint8Array(0);
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

  #takeHeader(chunk: Uint8Array, from: number): number {
    let at = from;
    while (this.#headerFilled < HEADER_BYTES && at < chunk.length) {
      this.#header[this.#headerFilled++] = chunk[at++] ?? 0;
    }
    if (this.#headerFilled < HEADER_BYTES) return at;
    const [a = 0, b = 0, c = 0, d = 0] = this.#header;
    const length = a * 0x1000000 + b * 0x10000 + c * 0x100 + d;
    if (length > FRAME_LIMIT_BYTES) throw tooLong(length);
    if (length === 0) throw new FrameViolation('schema', 'Cannot read the frame: it is empty');
    this.#length = length;
    return at;
  }

  /** Grows with what has arrived, not with what was announced: an announcement costs the sender nothing. */
  #collect(part: Uint8Array, length: number): void {
    const needed = this.#filled + part.length;
    if (needed > this.#payload.length) {
      const grown = new Uint8Array(Math.min(length, Math.max(needed, this.#payload.length * 2, FIRST_CAPACITY_BYTES)));
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
    if (this.#payload.length > FIRST_CAPACITY_BYTES) this.#payload = new Uint8Array(0);
  }
}

function decodeFrame(payload: Uint8Array): Frame {
  let text: string;
  try {
    text = decoder.decode(payload);
  } catch {
    throw new FrameViolation('encoding', 'Cannot read the frame: it is not UTF-8');
  }
  // Before parsing: millions of brackets would cost memory that the frame's own size does not show.
  if (text.length > LOOKED_AT_AFTER_LENGTH) checkDepth(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    checkDepth(text);
    throw new FrameViolation('json', 'Cannot read the frame: it is not JSON');
  }
  if (!isWithinDepth(value, FRAME_LIMIT_DEPTH)) checkDepth(text);
  const problem = frameProblem(value);
  if (problem !== undefined) throw new FrameViolation('schema', `Cannot read the frame: ${problem}`);
  if (mayHoldPrototypeKey(text)) refusePrototypeKey(value);
  return value as Frame; // frameProblem has checked every field of the schema.
}

/** Says what is wrong with a value as a frame, by the schema in frame.ts; undefined when nothing is. */
export function frameProblem(value: unknown): string | undefined {
  if (!isRecord(value)) return 'it is not an object';
  for (const key in value) if (!FRAME_KEYS.has(key)) return 'it has an unknown field';
  const { id, type, method, error } = value;
  if (typeof id !== 'string' || id.length === 0 || !isWithin(id, ID_LIMIT)) return 'its id is not 1 to 64 characters';
  if (type !== 'request' && type !== 'response' && type !== 'event' && type !== 'cancel') return 'its type is unknown';
  if (method !== undefined && (typeof method !== 'string' || !isWithin(method, METHOD_LIMIT))) {
    return 'its method is not a text of at most 128 characters';
  }
  return error === undefined ? undefined : errorProblem(error);
}

function errorProblem(error: unknown): string | undefined {
  if (!isRecord(error)) return 'its error is not an object';
  for (const key in error) if (!ERROR_KEYS.has(key)) return 'its error has an unknown field';
  const { code, message, retryable, why, fix } = error;
  if (typeof code !== 'string' || typeof message !== 'string' || typeof retryable !== 'boolean') {
    return 'its error lacks code, message or retryable';
  }
  if (why !== undefined && typeof why !== 'string') return 'why is not a text';
  if (fix !== undefined && typeof fix !== 'string') return 'fix is not a text';
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON Schema counts characters, not UTF-16 units. */
function isWithin(text: string, limit: number): boolean {
  return text.length <= limit || (text.length <= limit * 2 && Array.from(text).length <= limit);
}

/** Whether a value is certainly written with no more levels than that. Several times as quick as looking at the text. */
function isWithinDepth(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0 || 'toJSON' in value) return false;
  if (Array.isArray(value)) {
    for (const member of value) if (typeof member === 'object' && !isWithinDepth(member, levels - 1)) return false;
    return true;
  }
  for (const key in value) {
    const member: unknown = (value as Record<string, unknown>)[key]; // one of its own keys
    if (typeof member === 'object' && !isWithinDepth(member, levels - 1)) return false;
  }
  return true;
}

/** Throws `too_deep`. Looks at brackets outside of strings only; text that is not JSON is JSON.parse's to refuse. */
function checkDepth(text: string): void {
  if (holdsFewBrackets(text)) return;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        if (depth > FRAME_LIMIT_DEPTH) {
          throw new FrameViolation('too_deep', `Cannot take the frame: it is nested deeper than ${FRAME_LIMIT_DEPTH}`);
        }
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
      default:
    }
  }
}

/** With no more opening brackets than levels allowed, none can be too deep. Most frames end here, at the speed of indexOf. */
function holdsFewBrackets(text: string): boolean {
  let left = FRAME_LIMIT_DEPTH;
  for (let at = text.indexOf('['); at !== -1 && left >= 0; at = text.indexOf('[', at + 1)) left -= 1;
  for (let at = text.indexOf('{'); at !== -1 && left >= 0; at = text.indexOf('{', at + 1)) left -= 1;
  return left >= 0;
}

/** The index of the quote that closes the string opened at `start`, or the end of the text. */
function endOfString(text: string, start: number): number {
  let at = start;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at === -1) return text.length;
    let escapes = 0;
    while (text.charCodeAt(at - 1 - escapes) === 0x5c) escapes += 1;
    if (escapes % 2 === 0) return at;
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

function mayHoldPrototypeKey(text: string): boolean {
  return text.includes('__proto__') || (text.includes('\\u00') && ESCAPED_PROTO_CHARACTER.test(text));
}

/** Such a key changes the prototype of whatever object it is copied to. The depth has been checked: recursion is bounded. */
function refusePrototypeKey(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (Object.hasOwn(value, '__proto__')) {
    throw new FrameViolation('schema', 'Cannot take the frame: it has a key __proto__');
  }
  for (const member of Object.values(value)) refusePrototypeKey(member);
}

function tooLong(length: number): FrameViolation {
  return new FrameViolation('too_long', `Cannot take the frame: ${length} bytes are more than ${FRAME_LIMIT_BYTES}`);
}
