/** How long a key or a click elsewhere counts. */
const RECENT_MS = 1000;

/** Knows whether the person works elsewhere in the window: in another terminal, a list, a dialog. */
export class WorkElsewhere {
  #atMs = Number.NEGATIVE_INFINITY;

  /** Until the signal aborts. */
  constructor(own: Element, signal: AbortSignal) {
    const note = (event: Event): void => {
      if (event.target instanceof Node && !own.contains(event.target)) this.#atMs = performance.now();
      else this.#atMs = Number.NEGATIVE_INFINITY;
    };
    for (const kind of ['keydown', 'pointerdown', 'wheel']) {
      window.addEventListener(kind, note, { capture: true, passive: true, signal });
    }
  }

  get isRecent(): boolean {
    return performance.now() - this.#atMs < RECENT_MS;
  }
}
