/** Numbers from 0 to below 1 that a seed determines (Marsaglia, Xorshift RNGs, 2003; 32 bits). For tests that can be repeated, and nothing else. */
export function seededRandom(seed: number): () => number {
  let state = (seed | 0) === 0 ? 1 : seed | 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
