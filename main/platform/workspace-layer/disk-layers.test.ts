import {
  chmod,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  readlink,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SessionId } from '../../../schema/entities.ts';
import type { LayerRequest } from '../../kernel/sandboxes/session-layer.ts';
import { DiskLayers } from './disk-layers.ts';
import { mountsBelow } from './mount-table.ts';

const isRoot = process.getuid?.() === 0;
const user = isRoot ? { uid: 1000, gid: 1000 } : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const session = 's1' as SessionId; // Test data.

let root = '';
let home = '';
let workspace = '';
let layers: DiskLayers;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'cavern-layers-')));
  home = join(root, 'home');
  workspace = join(root, 'workspace');
  await mkdir(join(home, 'sessions'), { recursive: true });
  await mkdir(join(workspace, 'locked'), { recursive: true });
  await writeFile(join(workspace, 'a'), 'a');
  await writeFile(join(workspace, 'locked/.env'), 'secret');
  await chmod(join(workspace, 'locked'), 0o555);
  await chmod(workspace, 0o750);
  layers = new DiskLayers({ home, sessions: join(home, 'sessions') });
});
afterEach(async () => {
  await layers.remove(session);
  await layers[Symbol.asyncDispose]();
  expect(await mountsBelow(root)).toEqual([]);
  await chmod(join(workspace, 'locked'), 0o755).catch(() => undefined);
  await rm(root, { recursive: true, force: true });
});

const request = (change: Partial<LayerRequest> = {}): LayerRequest => ({
  session,
  workspace,
  user,
  nowMs: 7,
  strategy: 'best',
  ...change,
});

describe('DiskLayers.checkWorkspace', () => {
  const refusal = (path: string) =>
    layers.checkWorkspace(path).then(
      () => 'none',
      (thrown: { message: string }) => thrown.message.replaceAll(root, '…'),
    );

  it('gives the real path, and refuses what cannot be worked on with the reason', async () => {
    await symlink(workspace, join(root, 'link'));
    await symlink('ring', join(root, 'ring'));
    expect(await layers.checkWorkspace(join(root, 'link'))).toBe(workspace);
    expect([
      await refusal(join(root, 'none')),
      await refusal(join(workspace, 'a')),
      await refusal('relative'),
      await refusal('/'),
      await refusal(join(home, 'sessions')),
      await refusal(root),
      await refusal(join(root, 'ring')),
    ]).toEqual([
      'Cannot use folder "…/none": it is not there',
      'Cannot use folder "…/workspace/a": it is not a folder',
      'Cannot use folder "relative": it is not an absolute path',
      'Cannot use folder "/": it is the root of the file system',
      'Cannot use folder "…/home/sessions": Cavern keeps its own files there',
      'Cannot use folder "…": Cavern keeps its own files there',
      'Cannot use folder "…/ring": its links go in a circle',
    ]);
  });

  it('takes a folder that a program was given, and nothing else in the home', async () => {
    const given = join(home, 'workspaces', 'given');
    await mkdir(join(given, 'below'), { recursive: true });
    await symlink(join(home, 'sessions'), join(home, 'workspaces', 'link'));
    expect(await layers.checkWorkspace(given)).toBe(given);
    const refused = [join(home, 'workspaces'), join(given, 'below'), join(home, 'workspaces', 'link'), home];
    for (const path of refused) expect(await refusal(path)).toMatch(/Cavern keeps its own files there$/);
  });

  it('refuses a folder that the operator may not read; root may read any', async () => {
    await chmod(workspace, 0o300);
    expect(await refusal(workspace)).toMatch(isRoot ? /^none$/ : /it cannot be read$/);
    await chmod(workspace, 0o750);
  });
});

describe('DiskLayers with an overlay', () => {
  it('makes folders that look like the workspace to the sandbox user, and a mask that hides secrets', async () => {
    const { layer, lower, work } = await layers.prepare(request());
    const at = (name: string): string => join(home, 'sessions', session, name);
    expect({ layer, lower, work }).toEqual({
      layer: {
        session,
        workspace,
        upper: at('upper'),
        mask: at('mask'),
        maskedPaths: ['locked/.env'],
        startedAtMs: 7,
        strategy: 'overlay',
      },
      lower: [at('mask'), at('lower')],
      work: at('work'),
    });
    const [upper, shadow, hidden] = await Promise.all(
      [at('upper'), at('mask/locked'), at('mask/locked/.env')].map((path) => lstat(path)),
    );
    expect([upper?.uid, (upper?.mode ?? 0) & 0o7777]).toEqual([user.uid, 0o750]);
    expect([shadow?.uid, (shadow?.mode ?? 0) & 0o7777]).toEqual([user.uid, 0o555]);
    expect([hidden?.isCharacterDevice(), hidden?.rdev]).toEqual([true, 0]);
    expect(await readFile(join(at('lower'), 'a'), 'utf8')).toBe('a');
    expect((await stat(join(at('lower'), 'a'))).uid).toBe(user.uid);
  });

  it('shows the folder under a name that needs no escaping, and takes that away on release', async () => {
    await layers.prepare(request());
    const { lower, upper } = layers.folders(session);
    if (isRoot) expect(await layers.mounted()).toEqual([session]);
    else expect(await readlink(lower)).toBe(workspace);
    await layers.release(session);
    await layers.release(session);
    expect(await layers.mounted()).toEqual([]);
    await expect(lstat(lower)).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await lstat(upper)).isDirectory()).toBe(true);
  });

  it('keeps what was written when it is brought up again, and hides what has become secret since', async () => {
    const first = await layers.prepare(request());
    await writeFile(join(first.layer.upper, 'written'), 'x');
    await layers.release(session);
    await writeFile(join(workspace, '.env'), 'new');
    const second = await layers.prepare(request({ nowMs: 99, former: first.layer }));
    expect(second.layer).toEqual({ ...first.layer, maskedPaths: ['.env', 'locked/.env'] });
    expect(await readFile(join(second.layer.upper, 'written'), 'utf8')).toBe('x');
    expect(await layers.usedBytes(session)).toBeGreaterThan(0);
  });

  it('never takes anything of the workspace away when it removes a layer', async () => {
    await layers.prepare(request());
    expect(await layers.remove(session)).toBe('removed');
    expect(await layers.remove(session)).toBe('removed');
    expect([await layers.list(), (await readdir(workspace)).sort(), await readdir(join(workspace, 'locked'))]).toEqual([
      [],
      ['a', 'locked'],
      ['.env'],
    ]);
  });

  it('is what the probe finds here, and leaves nothing of it', async () => {
    expect((await layers.probe(user)).strategy).toBe('overlay');
    expect(await layers.list()).toEqual([]);
  });

  it('does not start on a full disk', async () => {
    const full = new DiskLayers({ home, sessions: join(home, 'sessions'), minimumFreeBytes: Number.MAX_SAFE_INTEGER });
    await expect(full.prepare(request())).rejects.toMatchObject({ code: 'disk_full' });
  });
});

describe('DiskLayers with a copy', () => {
  it('copies all but secrets, with modes, links and owners, and works on that copy again', async () => {
    await link(join(workspace, 'a'), join(workspace, 'hard'));
    await symlink('a', join(workspace, 'soft'));
    const { layer } = await layers.prepare(request({ strategy: 'copy' }));
    const { copy } = layers.folders(session);
    expect(layer).toMatchObject({ strategy: 'copy', upper: copy, maskedPaths: ['locked/.env'] });
    const [first, second, folder] = await Promise.all(['a', 'hard', 'locked'].map((name) => lstat(join(copy, name))));
    expect([first?.ino === second?.ino, first?.uid, (folder?.mode ?? 0) & 0o7777]).toEqual([true, user.uid, 0o555]);
    expect([
      (await readdir(copy)).sort(),
      await readdir(join(copy, 'locked')),
      await readlink(join(copy, 'soft')),
    ]).toEqual([['a', 'hard', 'locked', 'soft'], [], 'a']);
    await writeFile(join(copy, 'written'), 'x');
    await layers.prepare(request({ former: layer }));
    expect(await readFile(join(copy, 'written'), 'utf8')).toBe('x');
    await chmod(join(copy, 'locked'), 0o755);
  });

  it('leaves no half of a copy when it is cancelled', async () => {
    const signal = AbortSignal.abort();
    await expect(layers.prepare(request({ strategy: 'copy', signal }))).rejects.toMatchObject({ name: 'AbortError' });
    await expect(lstat(layers.folders(session).copy)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
