/** Marks, once, the moment when the window shows its sessions and takes input: after the frame that shows them. */
export function markInteractive(): void {
  if (performance.getEntriesByName(INTERACTIVE_MARK).length > 0) return;
  requestAnimationFrame(() => requestAnimationFrame(() => performance.mark(INTERACTIVE_MARK)));
}

export const INTERACTIVE_MARK = 'cavern:interactive';
