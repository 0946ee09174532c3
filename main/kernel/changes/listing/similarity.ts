/**
 * How much of one content is found in the other, as git's diffcore-delta counts it: both are cut into lines of at most
 * 64 bytes, and the bytes of the pieces they share are set against the larger size. 0 to 1.
 */
export type Fingerprint = ReadonlyMap<string, number>;

const PIECE_BYTES = 64;

/** Bytes by piece. Carriage returns before a line feed do not count in a text. */
export function fingerprint(bytes: Buffer): Fingerprint {
  const pieces = new Map<string, number>();
  const text = bytes.toString('latin1');
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf('\n', start);
    const end = Math.min(feed < 0 ? text.length : feed + 1, start + PIECE_BYTES);
    const piece = text.slice(start, end);
    pieces.set(piece, (pieces.get(piece) ?? 0) + piece.length);
    start = end;
  }
  return pieces;
}

export interface Measured {
  readonly sizeBytes: number;
  readonly pieces: Fingerprint;
}

export function similarity(before: Measured, after: Measured): number {
  const larger = Math.max(before.sizeBytes, after.sizeBytes);
  if (larger === 0) return 1;
  let shared = 0;
  for (const [piece, count] of before.pieces) shared += Math.min(count, after.pieces.get(piece) ?? 0);
  return shared / larger;
}
