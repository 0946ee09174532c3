/** How long a workspace counts as in use after a session was started on it. */
const IN_USE_MS = 15 * 60_000;
/** Starts within so long of each other are one burst, for which as many are kept as it had. */
const BURST_MS = 60_000;
const MOST_OF_A_KIND = 8;

/** Remembers which kinds of sandboxes were started when, and says how many of each are worth having ready. */
export class PoolDemand {
  readonly #starts = new Map<string, number[]>();

  /** A sandbox of this kind was asked for. */
  note(kind: string, nowMs: number): void {
    this.#starts.set(kind, [...(this.#starts.get(kind) ?? []), nowMs]);
  }

  /** How many of each kind, the kinds used last first; at most `limit` in all, one of each before a second of any. Empty when nothing is in use. */
  wanted(nowMs: number, limit: number): ReadonlyMap<string, number> {
    this.#forget(nowMs);
    const kinds = [...this.#starts].sort(([, a], [, b]) => (b.at(-1) ?? 0) - (a.at(-1) ?? 0));
    const wanted = new Map<string, number>();
    let left = limit;
    for (let round = 1; round <= MOST_OF_A_KIND; round++) {
      for (const [kind, starts] of kinds) {
        if (left === 0) return wanted;
        if (largestBurst(starts) < round) continue;
        wanted.set(kind, round);
        left -= 1;
      }
    }
    return wanted;
  }

  #forget(nowMs: number): void {
    for (const [kind, starts] of this.#starts) {
      const recent = starts.filter((startMs) => nowMs - startMs < IN_USE_MS);
      if (recent.length === 0) this.#starts.delete(kind);
      else this.#starts.set(kind, recent);
    }
  }
}

function largestBurst(starts: readonly number[]): number {
  return Math.max(...starts.map((first) => starts.filter((each) => each >= first && each - first < BURST_MS).length));
}
