import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../base/secret.ts';
import { fileSealer, KeyStore } from './key-store.ts';
import { FileSecretVault } from './secret-vault.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cavern-vault-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (): FileSecretVault => FileSecretVault.open(folder, KeyStore.open(folder, [fileSealer]));
const file = (): string => join(folder, 'secrets.json');

describe('the vault', () => {
  test('gives back after a restart what was put, and its file holds no text of it', async () => {
    const vault = open();
    vault.put({ name: 'npm', addedAt: 1 }, new Secret('first-value'));
    vault.put({ name: 'a-b', addedAt: 2 }, new Secret('other välue'));
    vault.put({ name: 'npm', addedAt: 3 }, new Secret('second-value'));
    const again = open();
    expect(again.list()).toEqual([
      { name: 'a-b', addedAt: 2 },
      { name: 'npm', addedAt: 3 },
    ]);
    expect([again.reveal('npm')?.reveal(), again.reveal('a-b')?.reveal(), again.reveal('none')]).toEqual([
      'second-value',
      'other välue',
      undefined,
    ]);
    expect(await readFile(file(), 'utf8')).not.toMatch(/value|välue/);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    again.delete('npm');
    expect(open().list()).toEqual([{ name: 'a-b', addedAt: 2 }]);
  });

  test('reads no secret under the name of another, and none that was changed', async () => {
    open().put({ name: 'mine', addedAt: 1 }, new Secret('my-own-value'));
    await writeFile(file(), (await readFile(file(), 'utf8')).replace('"mine"', '"yours"'));
    expect(() => open().reveal('yours')).toThrow('Cannot read the secret "yours": it is damaged');
  });

  test('does not start over where its file is no vault', async () => {
    await writeFile(file(), '{}');
    expect(open).toThrow('Cannot open the secrets: their file is damaged');
  });
});
