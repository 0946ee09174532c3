import { StringDecoder } from 'node:string_decoder';
import type { ReadEvent, TextEncoding } from '../../../../schema/contract/changes.ts';
import { type Content, chunksOf } from '../files/content.ts';
import { encodingOf } from './text-codec.ts';

/** An event is one frame; small ones let others have their turn on the way. */
const PIECE_BYTES = 256 * 1024;

export interface ReadAs {
  readonly sizeBytes: number;
  /** Its bytes, of a text too. */
  readonly as?: 'bytes' | undefined;
}

/** A file as the contract sends it: what it is, then its text, or its bytes where it is none or where they are asked for. */
export async function* readEvents(content: Content, read: ReadAs): AsyncGenerator<ReadEvent, void, undefined> {
  const { sizeBytes, as } = read;
  let encode: ((piece: Uint8Array) => ReadEvent) | undefined;
  for await (const chunk of chunksOf(content)) {
    if (encode === undefined) {
      const encoding = encodingOf(chunk);
      yield { type: 'head', sizeBytes, encoding: encoding ?? 'binary' };
      encode = encoding === undefined || as === 'bytes' ? asBytes : textIn(encoding);
    }
    for (let at = 0; at < chunk.byteLength; at += PIECE_BYTES) yield encode(chunk.subarray(at, at + PIECE_BYTES));
  }
  if (encode === undefined) yield { type: 'head', sizeBytes, encoding: 'utf-8' };
}

function asBytes(piece: Uint8Array): ReadEvent {
  return { type: 'bytes', base64: Buffer.from(piece).toString('base64') };
}

/** A character that lies across two pieces comes with the second. */
function textIn(encoding: TextEncoding): (piece: Uint8Array) => ReadEvent {
  if (encoding === 'latin1') return (piece) => ({ type: 'text', text: Buffer.from(piece).toString('latin1') });
  // Several times faster than a TextDecoder, which there is for what Node's own decoder does not know.
  if (encoding === 'utf-8') {
    const decoder = new StringDecoder('utf8');
    return (piece) => ({
      type: 'text',
      text: decoder.write(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)),
    });
  }
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  return (piece) => ({ type: 'text', text: decoder.decode(piece, { stream: true }) });
}
