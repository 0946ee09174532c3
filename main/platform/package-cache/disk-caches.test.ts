import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DiskCaches } from './disk-caches.ts';

const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const signal = new AbortController().signal;
let root = '';
let caches: DiskCaches;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cavern-caches-'));
  caches = new DiskCaches(root);
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('package caches', () => {
  test('are kept for one workspace, and are another folder for another', async () => {
    const first = await caches.open('/work/a', user);
    await writeFile(join(first, 'tarball'), Buffer.alloc(100_000));
    expect(await caches.open('/work/a', user)).toBe(first);
    expect(await readdir(await caches.open('/work/b', user))).toEqual([]);
    expect(await caches.usedBytes('/work/a', signal)).toBeGreaterThanOrEqual(100_000);
    const listed = (await caches.list()).map(({ workspace, sizeBytes }) => [workspace, sizeBytes >= 100_000]);
    expect(new Map(listed as [string, boolean][])).toEqual(
      new Map([
        ['/work/a', true],
        ['/work/b', false],
      ]),
    ); // pairs
  });

  test('give a sandbox nothing that says whose they are', async () => {
    const content = await caches.open('/work/a', user);
    expect(await readFile(join(content, '..', 'workspace'), 'utf8')).toBe('/work/a');
    await rm(content, { recursive: true });
    await writeFile(content, 'no folder');
    await expect(caches.open('/work/a', user)).rejects.toThrow();
  });

  test('begin again once they were too large', async () => {
    const content = await caches.open('/work/a', user);
    await mkdir(join(content, 'read-only'), { mode: 0o500 });
    await caches.markFull('/work/a');
    expect(await readdir(content)).toEqual(['read-only']);
    expect(await readdir(await caches.open('/work/a', user))).toEqual([]);
    await writeFile(join(content, 'kept'), '');
    expect(await readdir(await caches.open('/work/a', user))).toEqual(['kept']);
  });

  test('are removed whole, twice as well as once, and nothing beside them is', async () => {
    await caches.open('/work/a', user);
    const [{ name } = { name: '' }] = await caches.list();
    await caches.remove(name);
    await caches.remove(name);
    await mkdir(join(root, 'other'));
    await caches.remove('other');
    await caches.remove('../x');
    expect(await readdir(root)).toEqual(['other']);
  });
});
