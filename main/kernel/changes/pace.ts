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
