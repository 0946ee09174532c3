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

function markOnce(name: string): void {
  if (performance.getEntriesByName(name).length > 0) return;
  requestAnimationFrame(() => requestAnimationFrame(() => performance.mark(name)));
}
