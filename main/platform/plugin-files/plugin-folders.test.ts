import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pluginFolders } from './plugin-folders.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-plugin-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const codes = async (): Promise<string[]> => (await pluginFolders().read(folder)).problems.map(({ code }) => code);

describe('a plugin’s folder', () => {
  it('is read with the digest of every file but its manifest', async () => {
    writeFileSync(join(folder, 'plugin.json'), '{}');
    mkdirSync(join(folder, 'lib'));
    writeFileSync(join(folder, 'lib/a.js'), 'a');
    writeFileSync(join(folder, 'index.cjs'), '');
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    expect(await pluginFolders().read(folder)).toEqual({
      manifest: '{}',
      files: [
        { path: 'index.cjs', sizeBytes: 0, sha256: sha256('') },
        { path: 'lib/a.js', sizeBytes: 1, sha256: sha256('a') },
      ],
      problems: [],
    });
    expect(await pluginFolders().list(folder)).toEqual(['lib']);
    expect(await pluginFolders().list(join(folder, 'none'))).toEqual([]);
  });

  it('may hold no links, so that it brings nothing of the operator’s along', async () => {
    symlinkSync('/etc/passwd', join(folder, 'a'));
    symlinkSync('../..', join(folder, 'b'));
    symlinkSync('c', join(folder, 'd'));
    symlinkSync('/etc/passwd', join(folder, 'plugin.json'));
    expect(await codes()).toEqual(['link_outside', 'link_outside', 'link', 'link_outside']);
  });

  it('may hold no pipes, and neither too many files nor too large ones', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await codes()).toEqual(['special_file']);
    writeFileSync(join(folder, 'z-large'), '');
    truncateSync(join(folder, 'z-large'), 64 * 1024 * 1024 + 1);
    expect(await codes()).toEqual(['special_file', 'too_large']);
    for (let index = 0; index < 5000; index += 1) writeFileSync(join(folder, `f${index}`), '');
    expect(await codes()).toContain('too_many_files');
  });
});
