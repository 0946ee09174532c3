import { mkdtempSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { takeHome } from './home-lock.ts';

test.runIf(process.platform === 'linux')('a home that could not be taken, as its disk is full, is not held', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cavern-home-lock-'));
  const owner = { pid: process.pid, version: '1' };
  try {
    symlinkSync('/dev/full', join(folder, 'lock'));
    expect(() => takeHome(folder, owner)).toThrow();
    expect(() => takeHome(folder, owner)).toThrow();
    unlinkSync(join(folder, 'lock'));
    using lock = takeHome(folder, owner);
    expect(lock?.owner).toEqual(owner);
    expect(takeHome(folder, owner)).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
