import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fetchPackage, integrityOf } from './registry-package.mjs';

describe('a package from the registry', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cavern-package-'));
    const npm = join(folder, 'npm');
    writeFileSync(
      npm,
      '#!/bin/sh\nwhile [ "$1" != --pack-destination ]; do shift; done\nprintf swapped > "$2/it.tgz"\n',
    );
    chmodSync(npm, 0o755);
    vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is refused when a registry gives other bytes than the pinned ones, and not unpacked', async () => {
    const into = join(folder, 'into');
    const pinned = { name: 'it', version: '1.0.0', integrity: integrityOf(Buffer.from('genuine')) };
    await expect(fetchPackage(pinned, into)).rejects.toThrow('Cannot use it@1.0.0: its digest is not the pinned one');
    expect(existsSync(join(into, 'package'))).toBe(false);
  });

  it('has its digest in the form npm writes', () => {
    expect(integrityOf(Buffer.from('abc'))).toBe(
      'sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==',
    );
  });
});
