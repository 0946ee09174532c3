const NOTHING = Buffer.alloc(0);
/** Of UTF-8: the longest character has four bytes. */
const LONGEST = 4;

/**
 * Cuts a stream of UTF-8 between characters: a character that has only begun is held back until the rest of it comes. So each piece can be
 * read by itself, and by whoever begins with it. What is not UTF-8 passes as it is.
 */
export class WholeCharacters {
  #begun: Buffer = NOTHING;

  push(bytes: Uint8Array): Buffer {
    const all =
      this.#begun.length === 0
        ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
        : Buffer.concat([this.#begun, bytes]);
    const end = wholeLength(all);
    this.#begun = end === all.length ? NOTHING : Buffer.from(all.subarray(end));
    return all.subarray(0, end);
  }
}

/** The length without a character at the end that lacks some of its bytes. */
function wholeLength(bytes: Uint8Array): number {
  for (let back = 1; back < LONGEST && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (!isContinuation(byte)) return lengthFrom(byte) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** The nearest place at or before `at` that is not inside a character. */
export function characterStart(bytes: Uint8Array, at: number): number {
  for (let back = 0; back < LONGEST && back < at; back += 1) {
    if (!isContinuation(bytes[at - back] ?? 0)) return at - back;
  }
  return at;
}

const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80;

/** Of the character that begins with this byte (RFC 3629, section 4); 1 for a byte that begins none. */
function lengthFrom(byte: number): number {
  if (byte >= 0xf0 && byte <= 0xf4) return 4;
  if (byte >= 0xe0 && byte <= 0xef) return 3;
  return byte >= 0xc2 && byte <= 0xdf ? 2 : 1;
}
