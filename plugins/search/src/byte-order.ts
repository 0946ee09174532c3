const NUL = 0;

/**
 * Puts texts in the order of their bytes; each ends with a NUL (Bentley and Sedgewick, "Fast Algorithms for Sorting and Searching Strings", 1997).
 * No string is made of any, and what many have in common is looked at once.
 */
export class ByteOrder {
  readonly #bytes: Uint8Array;
  /** Where each text begins. */
  readonly #starts: number[];

  constructor(bytes: Uint8Array, starts: number[]) {
    this.#bytes = bytes;
    this.#starts = starts;
  }

  /** Those from `from` until before `to`, which have the first `shared` bytes in common. */
  sort(from: number, to: number, shared = 0): void {
    const bytes = this.#bytes;
    const starts = this.#starts;
    let first = from;
    let end = to;
    let depth = shared;
    while (end - first > 1) {
      const pivot = bytes[(starts[(first + end) >>> 1] ?? 0) + depth] ?? NUL;
      let below = first;
      let above = end;
      for (let at = first; at < above; ) {
        const start = starts[at] ?? 0;
        const byte = bytes[start + depth] ?? NUL;
        if (byte < pivot) {
          starts[at++] = starts[below] ?? 0;
          starts[below++] = start;
        } else if (byte > pivot) {
          starts[at] = starts[--above] ?? 0;
          starts[above] = start;
        } else at += 1;
      }
      this.sort(first, below, depth);
      this.sort(above, end, depth);
      if (pivot === NUL) return;
      first = below;
      end = above;
      depth += 1;
    }
  }
}
