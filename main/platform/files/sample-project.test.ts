import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sampleProject } from './sample-project.ts';

it('a sample project works as its README says, and is never made over what somebody did in it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cavern-sample-'));
  try {
    const sample = await sampleProject(join(folder, 'sample'));
    const run = (...args: string[]): string => execFileSync(process.execPath, args, { cwd: sample, encoding: 'utf8' });
    expect(run('greet.mjs', 'Ada')).toBe('Hello, Ada!\n');
    expect(run('--test')).toContain('pass 1');
    await writeFile(join(sample, 'README.md'), 'mine');
    expect(await sampleProject(sample)).toBe(sample);
    expect(await readFile(join(sample, 'README.md'), 'utf8')).toBe('mine');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
