import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { SessionId } from '../../../../schema/entities.ts';
import { wholeContent } from '../../../kernel/changes/files/content.ts';
import { sha256Of } from '../../../kernel/changes/files/file-state.ts';
import { Secret } from '../../../base/secret.ts';
import { ContentPack } from './content-pack.ts';
import type { FileContentStore } from './file-content-store.ts';
import { contentsIn } from '../layer-fixture.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'cavern-contents-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const key = new Secret(new Uint8Array(32).fill(7));
const storeIn = (path: string, session = 's1'): FileContentStore => contentsIn(path).of(session as SessionId); // a name of that form

const packIn = (path: string): string => join(path, 's1', 'small.pack');

async function textOf(store: FileContentStore, sha256: string): Promise<string | undefined> {
  return (await wholeContent(await store.get(sha256), 10_000_000))?.toString();
}

const large = 'large '.repeat(100_000);

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += 65_536) yield Buffer.from(text.slice(at, at + 65_536));
}

test('what was put is got back, by a later process too', async () => {
  const path = folder();
  const store = storeIn(path);
  const small = await store.put(Buffer.from('small'));
  const empty = await store.put(Buffer.alloc(0));
  const streamed = await store.put(chunks(large));
  expect([small, streamed]).toEqual([sha256Of('small'), sha256Of(large)]);
  await store.sync();
  for (const each of [store, storeIn(path)]) {
    expect(await textOf(each, small)).toBe('small');
    expect(await textOf(each, empty)).toBe('');
    expect(await textOf(each, streamed)).toBe(large);
  }
});

test('the same bytes are kept once', async () => {
  const path = folder();
  const store = storeIn(path);
  for (let round = 0; round < 3; round++) await store.put(Buffer.from('twice'));
  await store.flush();
  expect(await new ContentPack({ path: packIn(path), key }).check()).toEqual({ contents: 1, damagedGroups: 0 });
});

test('a record that a crash cut off is dropped, and the next one is whole', async () => {
  const path = folder();
  const pack = packIn(path);
  const store = storeIn(path);
  const first = await store.put(Buffer.from('first'));
  await store.flush();
  const second = await store.put(Buffer.from('second'));
  await store.flush();
  truncateSync(pack, statSync(pack).size - 2);
  const later = storeIn(path);
  expect([await later.has(first), await later.has(second)]).toEqual([true, false]);
  const third = await later.put(Buffer.from('third'));
  await later.flush();
  expect(await textOf(storeIn(path), third)).toBe('third');
  expect(await textOf(storeIn(path), first)).toBe('first');
});

test('bytes that rotted on the disk are not given out', async () => {
  const path = folder();
  const pack = packIn(path);
  const store = storeIn(path);
  const digest = await store.put(Buffer.from('sound'));
  await store.flush();
  const bytes = readFileSync(pack);
  expect(bytes.subarray(0, 5)).toEqual(Buffer.from('CVPK\u0001'));
  expect(bytes.includes('sound')).toBe(false);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  writeFileSync(pack, bytes);
  appendFileSync(pack, 'rest');
  await expect(storeIn(path).get(digest)).rejects.toThrow('is not kept');
  const problems = await contentsIn(path).check(new AbortController().signal);
  expect(problems).toEqual({ packs: 1, contents: 0, damaged: [{ session: 's1', groups: 1 }] });
});

test('a session that goes takes its contents along, but for what another session keeps too', async () => {
  const stores = contentsIn(folder());
  const [one, two] = [stores.of('s1' as SessionId), stores.of('s2' as SessionId)]; // names of that form
  const shared = await one.put(chunks(large));
  const own = await one.put(Buffer.from('own '.repeat(100_000)));
  expect(await two.put(Buffer.from(large))).toBe(shared);
  await stores.remove('s1' as SessionId);
  expect([await two.has(shared), await two.has(own)]).toEqual([true, false]);
  expect(await textOf(two, shared)).toBe(large);
});

test('contents that come in turn and together are all got back', async () => {
  const path = folder();
  const store = storeIn(path);
  const texts = Array.from({ length: 300 }, (_, index) => `${index} ${'x'.repeat((index * 37) % 5000)}`);
  const digests = await Promise.all(texts.map((text) => store.put(Buffer.from(text))));
  await store.flush();
  const later = storeIn(path);
  expect(await Promise.all(digests.map((digest) => textOf(later, digest)))).toEqual(texts);
});

test('a full disk is told each time, and once there is room everything is written', async () => {
  const path = folder();
  mkdirSync(join(path, 's1'));
  symlinkSync('/dev/full', packIn(path));
  const store = storeIn(path);
  const contents = Array.from({ length: 20 }, (_, at) => Buffer.alloc(100_000, `content ${at} `));
  const putAll = async (): Promise<void> => {
    for (const content of contents) await store.put(content);
    await store.flush();
  };
  for (let round = 0; round < 3; round++) await expect(putAll()).rejects.toMatchObject({ code: 'ENOSPC' });
  rmSync(packIn(path));
  await putAll();
  const kept = storeIn(path);
  for (const content of contents) expect(await textOf(kept, sha256Of(content))).toBe(content.toString());
});
