import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../base/secret.ts';
import { BlobStore } from './blob-store.ts';
import { memoryOwnerRecords } from './memory-owner-records.ts';
import { OwnedBlobs } from './owned-blobs.ts';

function fixture() {
  const folder = mkdtempSync(join(tmpdir(), 'cavern-owned-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const store = BlobStore.open({ folder, key: new Secret(new Uint8Array(32).fill(3)) });
  const records = memoryOwnerRecords();
  return { folder, store, records, blobs: new OwnedBlobs(store, records) };
}

const check = (blobs: OwnedBlobs) => blobs.check(new AbortController().signal);

test('a content goes with the last of its owners', async () => {
  const { blobs } = fixture();
  const { sha256 } = await blobs.put('one', Buffer.from('content'));
  await blobs.put('two', Buffer.from('content'));
  expect(await check(blobs)).toEqual({ contents: 1, references: 2, unreferenced: 0, problems: [] });
  await blobs.release('one');
  expect(await blobs.has(sha256)).toBe(true);
  await blobs.release('two');
  expect(await check(blobs)).toEqual({ contents: 0, references: 0, unreferenced: 0, problems: [] });
});

test('what is there can be adopted, what is not cannot', async () => {
  const { blobs } = fixture();
  const { sha256 } = await blobs.put('one', Buffer.from('content'));
  expect(await blobs.adopt('two', sha256)).toBe(true);
  expect(await blobs.adopt('two', 'ab'.repeat(32))).toBe(false);
  await blobs.release('one');
  expect(await blobs.has(sha256)).toBe(true);
});

test('the collector removes what a crash left without an owner, and nothing else', async () => {
  const { store, blobs } = fixture();
  const kept = await blobs.put('one', Buffer.from('kept'));
  const left = await store.put(Buffer.from('left'));
  expect((await check(blobs)).unreferenced).toBe(1);
  expect(await blobs.collect()).toEqual([left.sha256]);
  expect([await blobs.has(kept.sha256), await blobs.has(left.sha256)]).toEqual([true, false]);
});

test('a database that forgot its owners costs no content', async () => {
  const { store, blobs } = fixture();
  const { sha256 } = await blobs.put('one', Buffer.from('content'));
  const forgotten = new OwnedBlobs(store, memoryOwnerRecords());
  await forgotten.keepAll('recovered');
  expect(await forgotten.collect()).toEqual([]);
  expect(await forgotten.has(sha256)).toBe(true);
});

test('a content that is damaged or missing is found, with who refers to it', async () => {
  const { folder, store, blobs } = fixture();
  const damaged = await blobs.put('one', Buffer.from('damaged'));
  const missing = await blobs.put('two', Buffer.from('missing'));
  writeFileSync(join(folder, damaged.sha256.slice(0, 2), damaged.sha256.slice(2)), 'rot');
  await store.delete(missing.sha256);
  expect((await check(blobs)).problems).toEqual([
    { sha256: damaged.sha256, problem: 'It is no blob', owners: ['one'] },
    { sha256: missing.sha256, problem: 'It is referred to and not there', owners: ['two'] },
  ]);
});

test('whatever is put, released and collected at once, what somebody refers to is there', async () => {
  const owner = fc.constantFrom('a', 'b', 'c');
  const content = fc.integer({ min: 0, max: 3 });
  const step = fc.oneof(
    fc.record({ kind: fc.constant('put' as const), owner, content }),
    fc.record({ kind: fc.constant('release' as const), owner }),
    fc.record({ kind: fc.constant('collect' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const { blobs } = fixture();
      await Promise.all(
        steps.map(async (each) => {
          if (each.kind === 'put') await blobs.put(each.owner, Buffer.from(`content ${each.content}`));
          else if (each.kind === 'release') await blobs.release(each.owner);
          else await blobs.collect();
        }),
      );
      expect(await check(blobs)).toMatchObject({ unreferenced: 0, problems: [] });
    }),
    { numRuns: 30 },
  );
});

test('a reference that cannot be written fails the put, and the content is collected', async () => {
  const { store, records } = fixture();
  const failing = { ...records, putSynced: async () => Promise.reject(new Error('full')) };
  const blobs = new OwnedBlobs(store, failing);
  await expect(blobs.put('one', randomBytes(10))).rejects.toMatchObject({ code: 'storage_failed' });
  expect(await blobs.collect()).toHaveLength(1);
});
