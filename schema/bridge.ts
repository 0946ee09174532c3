/** From the window to the kernel: one frame a message. */
export const FROM_WINDOW = 'cavern:frame';
/** From the kernel to the window: an array of frames a message. */
export const TO_WINDOW = 'cavern:frames';

/** What the preload script puts on `window.cavern`. It never grows with the contract. */
export interface Bridge {
  send(frame: unknown): void;
  /** Where a file lies that the operator dropped on the window; empty for one that lies nowhere. */
  pathOf(file: unknown): string;
}

/**
 * How the preload script gives the page what the kernel sent: as a message of the window to itself. Past the bridge each byte of a
 * terminal's output would be copied twice more.
 */
export interface PostedFrames {
  readonly channel: typeof TO_WINDOW;
  readonly frames: readonly unknown[];
}
