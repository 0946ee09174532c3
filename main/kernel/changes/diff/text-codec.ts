import { isUtf8 } from 'node:buffer';
import type { TextEncoding } from '../../../../schema/contract/changes.ts';
import { Fault } from '../../../../schema/fault.ts';
import { isBinary } from '../three-way/three-way.ts';

export interface FileText {
  /** With its byte order mark and its line ends. */
  readonly text: string;
  readonly encoding: TextEncoding;
}

const PROBE_BYTES = 8000;
/** What no text in an eight-bit encoding holds: C0 controls but for tab, line feed, form feed, carriage return, escape. */
const CONTROLS = /[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]/; // oxlint-disable-line no-control-regex -- they are what is looked for

/** How a text is written; undefined when it is none. Of a long one its first bytes are enough. */
export function encodingOf(head: Uint8Array): TextEncoding | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  if (isBinary(head)) return undefined;
  if (isUtf8(uncut(head))) return 'utf-8';
  const probe = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, PROBE_BYTES)).toString('latin1');
  return CONTROLS.test(probe) ? undefined : 'latin1';
}

/** Without a character that the end of the head cuts: that is none of the text's doing. */
function uncut(head: Uint8Array): Uint8Array {
  const last = head.subarray(-4).findLastIndex((byte) => (byte & 0xc0) !== 0x80);
  const from = Math.max(0, head.byteLength - 4) + last;
  const lead = head[from] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return last !== -1 && from + length > head.byteLength ? head.subarray(0, from) : head;
}

/** The text of a whole file, from which `encodeText` gives the very same bytes; undefined when it is none. */
export function decodeFile(bytes: Uint8Array): FileText | undefined {
  const encoding = encodingOf(bytes);
  if (encoding === undefined) return undefined;
  const text = decodeAs(bytes, encoding);
  if (text !== undefined) return { text, encoding };
  // It only began like UTF-8.
  return encoding === 'utf-8' ? { text: Buffer.from(bytes).toString('latin1'), encoding: 'latin1' } : undefined;
}

function decodeAs(bytes: Uint8Array, encoding: TextEncoding): string | undefined {
  if (encoding === 'latin1') return Buffer.from(bytes).toString('latin1');
  if (encoding !== 'utf-8' && bytes.byteLength % 2 !== 0) return undefined;
  if (encoding === 'utf-8') {
    return isUtf8(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8') : undefined;
  }
  const plain = encoding === 'utf-16be' ? Buffer.from(bytes).swap16() : bytes;
  try {
    return new TextDecoder('utf-16le', { fatal: true, ignoreBOM: true }).decode(plain);
  } catch {
    return undefined;
  }
}

/** Throws `review_invalid` for a character that the encoding does not have. */
export function encodeText({ text, encoding }: FileText): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text, 'utf8');
  if (encoding === 'utf-16le') return Buffer.from(text, 'utf16le');
  if (encoding === 'utf-16be') return Buffer.from(text, 'utf16le').swap16();
  const odd = /[^\0-\xff]/.exec(text)?.[0]; // oxlint-disable-line no-control-regex -- the whole of Latin-1
  if (odd !== undefined) {
    throw new Fault('review_invalid', `Cannot write "${odd}": the file is in Latin-1, which does not have it`, {
      fix: 'Use another character, or change the encoding of the whole file first.',
    });
  }
  return Buffer.from(text, 'latin1');
}

const BYTE_ORDER_MARK = '\ufeff';

/** An edited text with the byte order mark and the line ends of the text that it takes the place of. */
export function likeBefore(edited: string, before: string): string {
  let text = edited;
  if (before.startsWith(BYTE_ORDER_MARK) && !text.startsWith(BYTE_ORDER_MARK)) text = BYTE_ORDER_MARK + text;
  const feeds = before.match(/\n/g)?.length ?? 0;
  const onlyCrlf = feeds > 0 && (before.match(/\r\n/g)?.length ?? 0) === feeds;
  // An editor that knows only line feeds gives them back; what it was given is what is kept.
  return onlyCrlf && !text.includes('\r') ? text.replaceAll('\n', '\r\n') : text;
}
