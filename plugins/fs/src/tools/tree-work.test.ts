import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TreeWork } from './tree-work.ts';

const FILES = 2_200;
let folder = '';
let told: string[];
let stop: AbortController;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-tree-'));
  told = [];
  stop = new AbortController();
  for (let index = 0; index < FILES; index += 1) {
    if (index % 100 === 0) mkdirSync(join(folder, 'tree', String(index / 100)), { recursive: true });
    writeFileSync(join(folder, 'tree', String(Math.floor(index / 100)), `${index}`), '');
  }
  symlinkSync('/etc', join(folder, 'tree', 'link'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const work = (verb: string, onProgress = (): void => undefined): TreeWork =>
  new TreeWork(
    {
      signal: stop.signal,
      progress(message) {
        told.push(message);
        onProgress();
      },
    },
    verb,
  );
const left = (tree: string): number => readdirSync(join(folder, tree), { recursive: true, withFileTypes: true }).length;
const copy = (by: TreeWork): Promise<void> => by.copy(join(folder, 'tree'), join(folder, 'copy'), { times: 'new' });

describe('work on a tree of files', () => {
  it('copies and removes all of it, and tells how far it is', async () => {
    await copy(work('copy'));
    expect(left('copy')).toBe(left('tree'));
    expect(told).toEqual(['copy: 1000 so far', 'copy: 2000 so far']);
    await work('remove').remove(join(folder, 'copy'));
    expect(existsSync(join(folder, 'copy'))).toBe(false);
    expect(existsSync('/etc/passwd')).toBe(true);
  });

  it('ends between two files when its call is cancelled: nothing is left of a copy, the rest of what was to be removed is', async () => {
    await expect(copy(work('copy', () => stop.abort()))).rejects.toMatchObject({ code: 'cancelled' });
    expect(existsSync(join(folder, 'copy'))).toBe(false);
    stop = new AbortController();
    const removing = work('remove', () => stop.abort()).remove(join(folder, 'tree'));
    await expect(removing).rejects.toMatchObject({ code: 'cancelled' });
    expect(left('tree')).toBeGreaterThan(FILES - 1_100);
    expect(told).toEqual(['copy: 1000 so far', 'remove: 1000 so far']);
  });
});
