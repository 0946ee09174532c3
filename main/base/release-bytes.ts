/**
 * Frees the memory of bytes at once, where the engine can: V8 would collect it much later, and counts what waits for that so that it looks
 * through its whole heap again and again while much comes and goes. Only for whoever holds them alone: they are empty from then on. Bytes that
 * share their memory with others are left alone.
 */
export function releaseBytes({ buffer, byteLength }: Uint8Array): void {
  if (buffer.byteLength !== byteLength) return;
  // Not in Node 20 by itself; in Electron and in newer ones.
  if ('transfer' in buffer && typeof buffer.transfer === 'function') buffer.transfer(0);
}
