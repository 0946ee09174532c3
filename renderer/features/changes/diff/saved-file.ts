import type { ReadTextOptions } from './long-text.ts';

/** The page holds no more than this; what is more waits in the browser's own store. */
const GATHERED_BYTES = 8 * 1024 * 1024;

/** One side of a changed file, byte for byte and of any length. */
export async function readFile(options: Omit<ReadTextOptions, 'limitBytes'>): Promise<Blob> {
  const { client, session, path, side, signal } = options;
  const gathered: Blob[] = [];
  let parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const gather = (): void => {
    gathered.push(new Blob(parts));
    parts = [];
    bytes = 0;
  };
  for await (const event of client.changes.read({ session, path, side, as: 'bytes' }, { signal })) {
    if (event.type !== 'bytes') continue;
    const part = decoded(event.base64);
    parts.push(part);
    bytes += part.length;
    if (bytes >= GATHERED_BYTES) gather();
  }
  gather();
  return new Blob(gathered, { type: 'application/octet-stream' });
}

function decoded(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}
