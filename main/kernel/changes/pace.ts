const SLICE_MS = 4;

/** Keeps long work from holding the thread: await `breathe()` between small pieces and it gives way every 4 ms. */
export class Pace {
  readonly #signal: AbortSignal | undefined;
  #sliceStartMs = performance.now();

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** True when it is time to `await breathe()`; asking first saves a promise for each piece. */
  get due(): boolean {
    return performance.now() - this.#sliceStartMs >= SLICE_MS;
  }

  /** Throws the signal's reason when the work was called off. */
  async breathe(): Promise<void> {
    this.#signal?.throwIfAborted();
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#sliceStartMs = performance.now();
  }
}

/** What `map` makes of each; gives way in between. */
export async function mapPaced<T, U>(items: Iterable<T>, map: (item: T) => U, signal?: AbortSignal): Promise<U[]> {
  const pace = new Pace(signal);
  const made: U[] = [];
  for (const item of items) {
    if (pace.due) await pace.breathe();
    made.push(map(item));
  }
  return made;
}
