import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parentFolders } from './secret-mask.ts';
import { scanSecrets } from './secret-scan.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cavern-scan-'));
  const files: Record<string, string> = {
    '.env': 'A=1',
    'a/b/.env.local': 'A=1',
    'a/.env.example': 'A=',
    'certs/public.pem': '-----BEGIN CERTIFICATE-----',
    'certs/own.pem': '-----BEGIN EC PRIVATE KEY-----',
    '.npmrc': 'save-exact=true',
    'sub/.npmrc': '//registry/:_authToken=x',
    'node_modules/x/.env': 'A=1',
    '.git/.env': 'A=1',
    'src/index.ts': '',
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await symlink('/etc/hostname', join(root, 'a/.env.link'));
  await symlink('..', join(root, 'a/up'));
  await mkdir(Buffer.concat([Buffer.from(`${root}/`), Buffer.of(0xff, 0xfe)]));
  await writeFile(Buffer.concat([Buffer.from(`${root}/`), Buffer.of(0xff, 0xfe), Buffer.from('/.env')]), 'A=1');
});
afterAll(() => rm(root, { recursive: true, force: true }));

it('scanSecrets finds what must be hidden, below folders of any name, and follows no link', async () => {
  const found = await scanSecrets(root);
  expect(found.map((path) => path.toString('latin1'))).toEqual([
    '.env',
    'a/.env.link',
    'a/b/.env.local',
    'certs/own.pem',
    'sub/.npmrc',
    'ÿþ/.env',
  ]);
});

it('scanSecrets refuses a folder that it cannot search to the end: a secret might stay visible', async () => {
  await expect(scanSecrets(root, { limitEntries: 5 })).rejects.toMatchObject({ code: 'workspace_invalid' });
});

it('parentFolders gives every folder on the way once, the outer ones first', () => {
  const paths = ['a/b/c/.env', 'a/b/.env', '.env', 'x/.env'].map((path) => Buffer.from(path));
  expect(parentFolders(paths).map(String)).toEqual(['a', 'x', 'a/b', 'a/b/c']);
});
