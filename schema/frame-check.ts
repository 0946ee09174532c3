import { FRAME_LIMIT_DEPTH } from './frame-limits.ts';

export type FrameViolationCode = 'too_long' | 'encoding' | 'json' | 'schema' | 'too_deep' | 'truncated';

/** What no frame may be: its code, and why in words. */
export interface FrameFlaw {
  readonly code: FrameViolationCode;
  readonly why: string;
}

const TOO_DEEP: FrameFlaw = { code: 'too_deep', why: `it is nested deeper than ${FRAME_LIMIT_DEPTH}` };
/** Such a key changes the prototype of whatever object it is copied to. */
const PROTOTYPE_KEY: FrameFlaw = { code: 'schema', why: 'it has a key __proto__' };
const NO_OBJECT = 'it is not an object';
const UNKNOWN_FIELD = 'it has an unknown field';
const ID_LIMIT = 64;
const METHOD_LIMIT = 128;

/** Says what is wrong with a value as a frame, by the schema in frame.ts; undefined when nothing is. */
export function frameProblem(value: unknown): string | undefined {
  if (!isRecord(value)) return NO_OBJECT;
  for (const key in value) if (!isFrameKey(key)) return UNKNOWN_FIELD;
  return fieldProblem(value);
}

function fieldProblem({ id, type, method, error }: Record<string, unknown>): string | undefined {
  if (typeof id !== 'string' || id.length === 0 || !isWithin(id, ID_LIMIT)) return 'its id is not 1 to 64 characters';
  if (type !== 'request' && type !== 'response' && type !== 'event' && type !== 'cancel') return 'its type is unknown';
  if (method !== undefined && (typeof method !== 'string' || !isWithin(method, METHOD_LIMIT))) {
    return 'its method is not a text of at most 128 characters';
  }
  return error === undefined ? undefined : errorProblem(error);
}

function errorProblem(error: unknown): string | undefined {
  if (!isRecord(error)) return 'its error is not an object';
  for (const key in error) if (!isErrorKey(key)) return 'its error has an unknown field';
  const { code, message, retryable, why, fix } = error;
  if (typeof code !== 'string' || typeof message !== 'string' || typeof retryable !== 'boolean') {
    return 'its error lacks code, message or retryable';
  }
  if (why !== undefined && typeof why !== 'string') return 'why is not a text';
  if (fix !== undefined && typeof fix !== 'string') return 'fix is not a text';
  return undefined;
}

/** Comparing is quicker than a Set: both texts are the same object where they are equal. */
const isFrameKey = (key: string): boolean =>
  key === 'id' || key === 'type' || key === 'method' || key === 'params' || key === 'result' || key === 'error';

const isErrorKey = (key: string): boolean =>
  key === 'code' || key === 'message' || key === 'retryable' || key === 'why' || key === 'fix' || key === 'data';

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON Schema counts characters, not UTF-16 units. */
function isWithin(text: string, limit: number): boolean {
  return text.length <= limit || (text.length <= limit * 2 && Array.from(text).length <= limit);
}

/** What is wrong with a value that JSON.parse gave, as a frame: its nesting, its keys and its fields, in one pass. */
export function frameFlaw(value: unknown): FrameFlaw | undefined {
  if (!isRecord(value)) return parsedFlaw(value) ?? { code: 'schema', why: NO_OBJECT };
  let isKnown = true;
  for (const key in value) {
    if (!isFrameKey(key)) {
      if (key === '__proto__') return PROTOTYPE_KEY;
      isKnown = false;
    }
    const member = value[key];
    if (typeof member !== 'object' || member === null) continue;
    const flaw = flawWithin(member, FRAME_LIMIT_DEPTH - 1);
    if (flaw !== undefined) return flaw;
  }
  const why = isKnown ? fieldProblem(value) : UNKNOWN_FIELD;
  return why === undefined ? undefined : { code: 'schema', why };
}

/** The nesting and the keys of such a value: several times as quick as looking at the text. */
function parsedFlaw(value: unknown): FrameFlaw | undefined {
  return typeof value === 'object' && value !== null ? flawWithin(value, FRAME_LIMIT_DEPTH) : undefined;
}

function flawWithin(value: object, levels: number): FrameFlaw | undefined {
  if (levels === 0) return TOO_DEEP;
  if (Array.isArray(value)) {
    for (const member of value) {
      if (typeof member !== 'object' || member === null) continue;
      const flaw = flawWithin(member, levels - 1);
      if (flaw !== undefined) return flaw;
    }
    return undefined;
  }
  for (const key in value) {
    if (key === '__proto__') return PROTOTYPE_KEY;
    const member: unknown = (value as Record<string, unknown>)[key]; // one of its own keys
    if (typeof member !== 'object' || member === null) continue;
    const flaw = flawWithin(member, levels - 1);
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}

/** The same for a value that was written as `text`. What says for itself how it is written is looked at as it was written. */
export function writtenFlaw(value: object, text: string): FrameFlaw | undefined {
  return isPlainlyFine(value, FRAME_LIMIT_DEPTH) ? undefined : parsedFlaw(JSON.parse(text));
}

function isPlainlyFine(value: object, levels: number): boolean {
  // Quicker than `in`, and what JSON.stringify itself asks.
  if (levels === 0 || (value as { toJSON?: unknown }).toJSON !== undefined) return false;
  if (Array.isArray(value)) {
    for (const member of value) {
      if (typeof member === 'object' && member !== null && !isPlainlyFine(member, levels - 1)) return false;
    }
    return true;
  }
  for (const key in value) {
    if (key === '__proto__') return false;
    const member: unknown = (value as Record<string, unknown>)[key]; // one of its own keys
    if (typeof member === 'object' && member !== null && !isPlainlyFine(member, levels - 1)) return false;
  }
  return true;
}

/** Whether a text is nested too deeply. Looks at brackets outside of strings only; text that is not JSON is JSON.parse's to refuse. */
export function isTextTooDeep(text: string): boolean {
  if (holdsFewBrackets(text)) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        if (depth > FRAME_LIMIT_DEPTH) return true;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
      default:
    }
  }
  return false;
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
