/** From the window to the kernel: one frame a message. */
export const FROM_WINDOW = 'cavern:frame';
/** From the kernel to the window: an array of frames a message. */
export const TO_WINDOW = 'cavern:frames';

/** What the preload script puts on `window.cavern`. It never grows with the contract. */
export interface Bridge {
  send(frame: unknown): void;
  onFrame(listener: (frame: unknown) => void): void;
  /** Where a file lies that the operator dropped on the window; empty for one that lies nowhere. */
  pathOf(file: unknown): string;
}
