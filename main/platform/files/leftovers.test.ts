import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ABANDONED_COMMITS } from '../git-repository/session-objects.ts';
import { UNFINISHED_WRITE, writeFileAtomically } from './atomic-file.ts';
import { removeOfDead } from './leftovers.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-leftovers-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Of a process that has ended. */
const dead = spawnSync(process.execPath, ['-e', '']).pid;

test('what a killed process was writing is removed, and nothing else', async () => {
  const kept = ['settings.json', `policy.yaml.tmp-${process.pid}`, 'settings.json.tmp-1', `notes.tmp-${dead}.txt`];
  for (const name of [...kept, `settings.json.tmp-${dead}`, `000012.yaml.tmp-${dead}`]) {
    writeFileSync(join(folder, name), '');
  }
  await removeOfDead(folder, UNFINISHED_WRITE);
  expect(readdirSync(folder).sort()).toEqual(kept.sort());
});

test('a write that fails leaves nothing, and what was there', () => {
  const target = join(folder, 'settings.json');
  mkdirSync(target);
  expect(() => writeFileAtomically(target, 'text')).toThrow();
  expect(readdirSync(folder)).toEqual(['settings.json']);
});

test('commits that a killed process had on their way are removed, and nobody else’s', async () => {
  const kept = [`cavern-commits-${process.pid}-AbCd12`, 'cavern-commits-AbCd12', `other-commits-${dead}-AbCd12`];
  for (const name of [...kept, `cavern-commits-${dead}-AbCd12`]) {
    mkdirSync(join(folder, name, 'objects'), { recursive: true });
    writeFileSync(join(folder, name, 'objects', 'ab'), '');
  }
  await removeOfDead(folder, ABANDONED_COMMITS);
  expect(readdirSync(folder).sort()).toEqual(kept.sort());
});

test('a folder that is not there is nothing to tidy', async () => {
  await expect(removeOfDead(join(folder, 'none'), UNFINISHED_WRITE)).resolves.toBeUndefined();
});
