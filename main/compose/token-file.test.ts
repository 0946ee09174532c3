import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Keys } from '../kernel/keys/keys.ts';
import { KeyWorld } from '../kernel/keys/keys.fixture.ts';
import { type AskAsOperator, writeToken } from './token-file.ts';

let folder: string;
let keys: Keys;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cavern-token-'));
  keys = await new KeyWorld().open();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = (): string => join(folder, 'token');
const ask: AskAsOperator = async (method, input) => {
  const { id = '', ...order } = { ...(input as { id?: string; scope: string; owner?: string }) }; // what the module sends
  if (method === 'key.issue') return keys.issue(order, 'operator');
  return method === 'key.list' ? keys.picture() : keys.revoke(id, 'operator');
};
const inForce = (): string[] =>
  keys
    .picture()
    .keys.filter(({ state }) => state === 'active')
    .map(({ prefix }) => prefix);
const written = async (): Promise<string> => (await readFile(file(), 'utf8')).slice(0, 12);

describe('the file of a token', () => {
  it('names the one key that servers made for it, however often they start', async () => {
    for (let start = 0; start < 3; start += 1) {
      await writeToken(ask, file());
      expect(inForce()).toEqual([await written()]);
    }
    expect((await stat(file())).mode & 0o777).toBe(0o600);
  });

  it('that holds a key of somebody’s own leaves that in force', async () => {
    const own = await keys.issue({ scope: 'admin', owner: 'me' }, 'operator');
    await writeFile(file(), `${own.token}\n`);
    await writeToken(ask, file());
    expect(inForce().sort()).toEqual([own.prefix, await written()].sort());
  });

  it.each(['', 'no token', `cav_nobodys2_${'x'.repeat(48)}\n`])('that holds %j is written anew', async (text) => {
    await writeFile(file(), text);
    await writeToken(ask, file());
    expect(inForce()).toEqual([await written()]);
  });

  it('that is a link is replaced, and what it leads to stays as it is', async () => {
    const other = join(folder, 'other');
    await writeFile(other, 'precious');
    await symlink(other, file());
    await writeToken(ask, file());
    expect(await readFile(other, 'utf8')).toBe('precious');
    expect(inForce()).toEqual([await written()]);
  });

  it('that cannot be written leaves no key behind, and the one before in force', async () => {
    await mkdir(file());
    await expect(writeToken(ask, file())).rejects.toMatchObject({ code: 'token_not_written' });
    expect(inForce()).toEqual([]);
  });
});
