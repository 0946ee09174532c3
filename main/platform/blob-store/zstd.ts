import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';

/** Compresses and decompresses single zstd frames (RFC 8878) of a bounded size. */
export interface Zstd {
  compress(bytes: Uint8Array): Promise<Uint8Array>;
  /** Throws when the frame is damaged or holds more than that. */
  decompress(frame: Uint8Array, limitBytes: number): Promise<Uint8Array>;
}

const LEVEL = 3;

/** What the fallback package offers, as far as it is used. */
interface ZstdWasm {
  init(): Promise<void>;
  compress(bytes: Uint8Array, level: number): Uint8Array;
  decompress(frame: Uint8Array, options: { defaultHeapSize: number }): Uint8Array;
}

let loaded: Promise<Zstd> | undefined;

/** Node's own, in its thread pool; where Node has none (before 22.15, so in Electron 33 too) the same library as WebAssembly. */
export function loadZstd(): Promise<Zstd> {
  // A namespace of an older Node lacks the member, whatever its types say.
  const native = (zlib as Partial<typeof zlib>).zstdCompress !== undefined;
  loaded ??= native ? Promise.resolve(nativeZstd()) : wasmZstd();
  return loaded;
}

export function nativeZstd(): Zstd {
  const compress = promisify<Uint8Array, zlib.ZstdOptions, Buffer>(zlib.zstdCompress);
  const decompress = promisify<Uint8Array, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress);
  return {
    compress: (bytes) => compress(bytes, { params: { [zlib.constants.ZSTD_c_compressionLevel]: LEVEL } }),
    decompress: (frame, limitBytes) => decompress(frame, { maxOutputLength: limitBytes }),
  };
}

/** It reads its code from a file beside it, so it is loaded where it lies and not bundled. */
export async function wasmZstd(): Promise<Zstd> {
  const require = createRequire(import.meta.url);
  const wasm = require('@bokuweb/zstd-wasm') as ZstdWasm; // the package's own types are those of its build for the web
  await wasm.init();
  return {
    compress: async (bytes) => wasm.compress(bytes, LEVEL),
    async decompress(frame, limitBytes) {
      const bytes = wasm.decompress(frame, { defaultHeapSize: limitBytes });
      if (bytes.length > limitBytes) throw new Error('The frame holds more than it may');
      return bytes;
    },
  };
}
