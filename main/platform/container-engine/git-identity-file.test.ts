import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ensureGitIdentityFile, writeGitIdentityFile } from './git-identity-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cavern-git-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function settings(): string {
  return execFileSync('git', ['config', '--file', join(folder, 'gitconfig'), '--list', '-z']).toString();
}

describe('the git settings of a sandbox', () => {
  test.each([
    ['Ada Lovelace', 'ada@example.org'],
    ['a "quoted" \\ name # ; [x]', 'x@example.org'],
    ['two\n[core]\nhooksPath = /tmp', 'x@example.org'],
  ])('are name and address and nothing else, whatever is in them: %j', (name, email) => {
    writeGitIdentityFile(folder, { name, email });
    expect(settings()).toBe(`user.name\n${name}\0user.email\n${email}\0`);
  });

  test('are none where the operator has none', () => {
    ensureGitIdentityFile(folder);
    expect(settings()).toBe('');
    writeGitIdentityFile(folder, { name: 'a', email: 'b' });
    ensureGitIdentityFile(folder);
    expect(settings()).not.toBe('');
    writeGitIdentityFile(folder, undefined);
    expect(settings()).toBe('');
  });
});
