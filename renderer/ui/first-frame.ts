/** A window that shows nothing, minimised for one, draws no frames. */
const NO_FRAME_TIMEOUT_MS = 1_000;

/** Resolves after the first frame that the window draws from now on. */
export function firstFrame(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, NO_FRAME_TIMEOUT_MS);
    // The second callback runs when the frame that the first one belongs to has been drawn.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        clearTimeout(timer);
        resolve();
      }),
    );
  });
}
