import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../base/secret.ts';
import { CHUNK_BYTES } from './blob-format.ts';
import { BlobStore } from './blob-store.ts';
import { nativeZstd, wasmZstd } from './zstd.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-blobs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const key = new Secret(new Uint8Array(32).fill(3));
const openStore = () => BlobStore.open({ folder, key });
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const pathOf = (name: string): string => join(folder, name.slice(0, 2), name.slice(2));

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

async function readAll(store: BlobStore, name: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.read(name)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('what is put is read again byte for byte, whatever its size and the pieces it comes in', async () => {
  const store = openStore();
  const sizes = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 17];
  for (const size of sizes) {
    for (const bytes of [randomBytes(size), Buffer.alloc(size, 'text ')]) {
      const blob = await store.put(inPieces(bytes, 70_001));
      expect(blob).toEqual({ sha256: sha256(bytes), sizeBytes: size });
      expect((await readAll(store, blob.sha256)).equals(bytes)).toBe(true);
    }
  }
});

test('text takes less room than it has bytes, and neither it nor its names are on disk as they are', async () => {
  const store = openStore();
  const bytes = Buffer.from('a very particular sentence\n'.repeat(20_000));
  const { sha256: name } = await store.put(bytes);
  const file = readFileSync(pathOf(name));
  expect(file.length).toBeLessThan(bytes.length / 20);
  expect(file.includes('particular')).toBe(false);
  expect(statSync(pathOf(name)).mode & 0o777).toBe(0o600);
});

test('the same content is stored once, and a damaged copy is replaced by it', async () => {
  const store = openStore();
  const bytes = randomBytes(1000);
  const { sha256: name } = await store.put(bytes);
  writeFileSync(pathOf(name), 'damaged');
  await store.put(inPieces(bytes, 10));
  expect((await readAll(store, name)).equals(bytes)).toBe(true);
  const names = [];
  for await (const stored of store.list()) names.push(stored);
  expect(names).toEqual([name]);
});

test('every change, cut and swap of a file is found before its last byte is given out', async () => {
  const store = openStore();
  const bytes = randomBytes(2 * CHUNK_BYTES + 100);
  const { sha256: name } = await store.put(bytes);
  const file = readFileSync(pathOf(name));
  const damage = [
    ...[0, 4, 5, 40, 41, 300, file.length - 1].map((at) => Buffer.from(file).fill((file[at] ?? 0) ^ 1, at, at + 1)),
    file.subarray(0, file.length - 1),
    file.subarray(0, 37),
    file.subarray(0, 37 + 4 + 1 + CHUNK_BYTES + 16),
    Buffer.concat([file, file.subarray(-120)]),
    Buffer.alloc(0),
  ];
  for (const [index, changed] of damage.entries()) {
    writeFileSync(pathOf(name), changed);
    await expect(readAll(store, name), `damage ${index}`).rejects.toMatchObject({ code: 'blob_damaged' });
  }
  const other = await store.put(randomBytes(10));
  writeFileSync(pathOf(name), readFileSync(pathOf(other.sha256)));
  await expect(readAll(store, name)).rejects.toMatchObject({ why: 'Its content has another digest' });
  expect(await store.problemOf(name)).toBe('Its content has another digest');
  expect(await store.problemOf(other.sha256)).toBeUndefined();
});

test('a content that fails half way leaves nothing behind', async () => {
  const store = openStore();
  const failing = async function* () {
    yield randomBytes(CHUNK_BYTES * 2);
    throw new Error('the source went away');
  };
  await expect(store.put(failing())).rejects.toMatchObject({ code: 'storage_failed' });
  expect(readdirSync(join(folder, 'unfinished'))).toEqual([]);
  writeFileSync(join(folder, 'unfinished', 'left-by-a-crash'), 'x');
  openStore();
  expect(readdirSync(join(folder, 'unfinished'))).toEqual([]);
});

test('a name that is no digest reaches no file', async () => {
  const store = openStore();
  for (const name of ['../../etc/passwd', '', 'AB'.repeat(32)]) {
    await expect(readAll(store, name)).rejects.toMatchObject({ code: 'not_found' });
  }
});

test('the zstd of Node and the one for older Nodes read each other', async () => {
  const [native, wasm] = [nativeZstd(), await wasmZstd()];
  for (const bytes of [Buffer.alloc(0), Buffer.from('a'), Buffer.alloc(CHUNK_BYTES, 'abc'), randomBytes(CHUNK_BYTES)]) {
    expect(Buffer.from(await wasm.decompress(await native.compress(bytes), CHUNK_BYTES)).equals(bytes)).toBe(true);
    expect(Buffer.from(await native.decompress(await wasm.compress(bytes), CHUNK_BYTES)).equals(bytes)).toBe(true);
  }
});

test('memory stays bounded for a large content', { timeout: 600_000 }, async () => {
  const sizeBytes = (env['CAVERN_LONG'] === '1' ? 1024 : 96) * 1024 * 1024;
  const store = openStore();
  const piece = Buffer.concat([randomBytes(100_000), Buffer.alloc(900_000, 'text ')]);
  const content = async function* () {
    for (let written = 0; written < sizeBytes; written += piece.length) yield piece;
  };
  globalThis.gc?.();
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }, 5);
  const { sha256: name } = await store.put(content());
  for await (const _ of store.read(name));
  clearInterval(watch);
  expect(most).toBeLessThan(32 * 1024 * 1024);
});
