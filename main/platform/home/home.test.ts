import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openHome } from './home.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-home-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a home that cannot be made says why and what to do', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const faultOf = (root: string) => expect.soft(() => openHome(root));
  faultOf(file).toThrow(expect.objectContaining({ code: 'home_unusable', why: expect.stringContaining('is a file') }));
  faultOf(join(file, 'below')).toThrow(
    expect.objectContaining({ why: `Above ${join(file, 'below')} is a file and not a folder.` }),
  );
});

test('a home is made once and opened again as it is', () => {
  const home = openHome(join(folder, 'home'));
  expect(openHome(join(folder, 'home'))).toEqual(home);
});
