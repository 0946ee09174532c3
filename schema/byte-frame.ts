import { FRAME_LIMIT_BYTES } from './frame-limits.ts';
import type { Frame } from './frame.ts';

/** Set in the length of a frame that carries bytes; no other frame is so long. */
export const CARRIES_BYTES = 0x8000_0000;

const LENGTH_BYTES = 4;

/** What an event carries beside its JSON: the member `bytes` of its params. Undefined for every other frame. */
export function carriedBytes({ type, params }: Frame): Uint8Array | undefined {
  if (type !== 'event' || typeof params !== 'object' || params === null || !('bytes' in params)) return undefined;
  return params.bytes instanceof Uint8Array ? params.bytes : undefined;
}

/**
 * Gives an event that carries bytes as it goes over the socket: the length with its highest bit set, the length of the JSON, the JSON
 * without the bytes, and the bytes as they are. Throws RangeError for more than a frame may hold.
 */
export function encodeByteFrame(frame: Frame, bytes: Uint8Array): Uint8Array {
  const json = JSON.stringify({ ...frame, params: { ...(frame.params as object), bytes: undefined } }); // carriedBytes saw an object
  const jsonLength = Buffer.byteLength(json, 'utf8');
  const length = LENGTH_BYTES + jsonLength + bytes.length;
  if (length > FRAME_LIMIT_BYTES) throw new RangeError(`${length} bytes are more than ${FRAME_LIMIT_BYTES}`);
  const encoded = Buffer.allocUnsafeSlow(LENGTH_BYTES + length);
  encoded.writeUInt32BE(CARRIES_BYTES + length);
  encoded.writeUInt32BE(jsonLength, LENGTH_BYTES);
  encoded.write(json, 2 * LENGTH_BYTES, 'utf8');
  encoded.set(bytes, 2 * LENGTH_BYTES + jsonLength);
  return encoded;
}

/** Where the JSON of such a frame begins and ends, and its bytes begin; undefined where it has no room for them. */
export function partsOfByteFrame(
  payload: Buffer,
  start: number,
  end: number,
): { readonly json: number; readonly bytes: number } | undefined {
  const json = start + LENGTH_BYTES;
  if (json >= end) return undefined;
  const bytes = json + payload.readUInt32BE(start);
  return bytes > json && bytes <= end ? { json, bytes } : undefined;
}

/** The event with a copy of its bytes among its params; undefined where it is no event that could carry any. */
export function withBytes(frame: Frame, bytes: Uint8Array): Frame | undefined {
  const { type, params } = frame;
  if (type !== 'event' || typeof params !== 'object' || params === null || Array.isArray(params)) return undefined;
  if ('bytes' in params) return undefined;
  return { ...frame, params: { ...params, bytes: Buffer.from(bytes) } };
}
