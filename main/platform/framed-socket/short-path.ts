import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';

/** `sun_path` holds 108 bytes with the final zero on Linux, 104 on macOS and the BSDs. */
const PATH_LIMIT_BYTES = process.platform === 'linux' ? 107 : 103;

/** A name for a socket that fits into the system's limit however deep its folder lies; valid until it is disposed. */
export interface ShortPath extends AsyncDisposable {
  readonly path: string;
}

/** Throws when the folder is missing, or when the path is too long and the platform has no `/proc/self/fd`. */
export async function shortPath(folder: string, name: string): Promise<ShortPath> {
  const full = path.join(folder, name);
  if (Buffer.byteLength(full) <= PATH_LIMIT_BYTES) return { path: full, [Symbol.asyncDispose]: async () => undefined };
  if (process.platform !== 'linux') {
    throw new Error(`Cannot use the socket "${full}": its path is longer than ${PATH_LIMIT_BYTES} bytes`);
  }
  const handle: FileHandle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  return { path: `/proc/self/fd/${handle.fd}/${name}`, [Symbol.asyncDispose]: () => handle.close() };
}
