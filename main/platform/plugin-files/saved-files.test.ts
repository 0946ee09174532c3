import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { watchSaves } from './saved-files.ts';

let folder = '';
let saves = 0;
let watching: Disposable;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-saves-'));
  mkdirSync(join(folder, 'src'));
  mkdirSync(join(folder, 'node_modules/dependency'), { recursive: true });
  saves = 0;
  watching = watchSaves(folder, systemClock, () => {
    saves += 1;
  });
});
afterEach(() => {
  watching[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** Saves until it is told of. */
async function save(path: string): Promise<void> {
  const before = saves;
  writeFileSync(join(folder, path), String(before));
  await expect.poll(() => saves, { timeout: 30_000 }).toBeGreaterThan(before);
}

describe('the saves of a folder', { timeout: 60_000 }, () => {
  it('are told in it, in the folders below it and in those that come later', async () => {
    await save('plugin.json');
    await save('src/index.ts');
    const before = saves;
    mkdirSync(join(folder, 'src/tools'));
    await expect.poll(() => saves, { timeout: 30_000 }).toBeGreaterThan(before);
    await save('src/tools/count.ts');
  });

  it('are told of a folder that was put in the place of another', async () => {
    const before = saves;
    rmSync(join(folder, 'src'), { recursive: true });
    mkdirSync(join(folder, 'src'));
    await expect.poll(() => saves, { timeout: 30_000 }).toBeGreaterThan(before);
    await save('src/index.ts');
  });

  it('are not told of what is installed into it, nor after the end', async () => {
    writeFileSync(join(folder, 'node_modules/dependency/index.js'), '');
    await save('src/index.ts');
    const told = saves;
    watching[Symbol.dispose]();
    writeFileSync(join(folder, 'src/index.ts'), 'later');
    // A second watcher of the same folder is told of what this one would have been.
    let later = 0;
    using _other = watchSaves(folder, systemClock, () => {
      later += 1;
    });
    writeFileSync(join(folder, 'src/index.ts'), 'later still');
    await expect.poll(() => later, { timeout: 30_000 }).toBeGreaterThan(0);
    expect(saves).toBe(told);
  });
});
