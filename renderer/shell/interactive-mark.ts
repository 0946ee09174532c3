/** The window shows its shell and takes input. */
const INTERACTIVE_MARK = 'cavern:interactive';
/** The kernel has answered: the sessions are listed. */
const READY_MARK = 'cavern:ready';

/** Marks the moment when the window takes input: after the frame that shows it. What is asked for before the kernel runs waits for it. */
export function markInteractive(): void {
  markOnce(INTERACTIVE_MARK);
}

/** Marks the moment when the window shows its sessions, or why it cannot. */
export function markReady(): void {
  markOnce(READY_MARK);
}

/** A window that shows nothing, minimised for one, draws no frames. */
const NO_FRAME_TIMEOUT_MS = 1_000;

/** Resolves when the window takes input. */
export function interactive(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, NO_FRAME_TIMEOUT_MS);
    new PerformanceObserver((seen, observer) => {
      if (seen.getEntriesByName(INTERACTIVE_MARK).length === 0) return;
      observer.disconnect();
      clearTimeout(timer);
      resolve();
    }).observe({ type: 'mark' });
  });
}

function markOnce(name: string): void {
  if (performance.getEntriesByName(name).length > 0) return;
  requestAnimationFrame(() => requestAnimationFrame(() => performance.mark(name)));
}
