import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { wholeContent } from '../../kernel/changes/content.ts';
import { sha256Of } from '../../kernel/changes/file-state.ts';
import { FileContentStore } from './file-content-store.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'cavern-contents-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function textOf(store: FileContentStore, sha256: string): Promise<string | undefined> {
  return (await wholeContent(await store.get(sha256), 10_000_000))?.toString();
}

const large = 'large '.repeat(100_000);

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += 65_536) yield Buffer.from(text.slice(at, at + 65_536));
}

test('what was put is got back, by a later process too', async () => {
  const path = folder();
  const store = new FileContentStore(path);
  const small = await store.put(Buffer.from('small'));
  const empty = await store.put(Buffer.alloc(0));
  const streamed = await store.put(chunks(large));
  expect([small, streamed]).toEqual([sha256Of('small'), sha256Of(large)]);
  await store.sync();
  for (const each of [store, new FileContentStore(path)]) {
    expect(await textOf(each, small)).toBe('small');
    expect(await textOf(each, empty)).toBe('');
    expect(await textOf(each, streamed)).toBe(large);
  }
});

test('the same bytes are kept once', async () => {
  const path = folder();
  const store = new FileContentStore(path);
  for (let round = 0; round < 3; round++) await store.put(Buffer.from('twice'));
  await store.flush();
  expect(statSync(join(path, 'small.pack')).size).toBe(4 + 32 + 5);
});

test('a record that a crash cut off is dropped, and the next one is whole', async () => {
  const path = folder();
  const pack = join(path, 'small.pack');
  const store = new FileContentStore(path);
  const first = await store.put(Buffer.from('first'));
  const second = await store.put(Buffer.from('second'));
  await store.flush();
  truncateSync(pack, statSync(pack).size - 2);
  const later = new FileContentStore(path);
  expect([await later.has(first), await later.has(second)]).toEqual([true, false]);
  const third = await later.put(Buffer.from('third'));
  await later.flush();
  expect(await textOf(new FileContentStore(path), third)).toBe('third');
  expect(await textOf(new FileContentStore(path), first)).toBe('first');
});

test('bytes that rotted on the disk are not given out', async () => {
  const path = folder();
  const pack = join(path, 'small.pack');
  const store = new FileContentStore(path);
  const digest = await store.put(Buffer.from('sound'));
  await store.flush();
  const bytes = readFileSync(pack);
  bytes.write('S', 36);
  writeFileSync(pack, bytes);
  appendFileSync(pack, 'rest');
  await expect(new FileContentStore(path).get(digest)).rejects.toThrow('is not kept');
});
