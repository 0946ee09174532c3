import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listFolder } from '../../../plugins/fs/src/tools/list.ts';
import { readFile } from '../../../plugins/fs/src/tools/read.ts';
import { ToolError } from '../../../plugins/sdk/src/tool-error.ts';
import { resolveInView } from '../../../plugins/sdk/src/view-path.ts';
import type { SessionId } from '../../../schema/entities.ts';
import type { SessionLayer } from '../../kernel/sandboxes/session-layer.ts';
import { opaqueFolder, plant, type PlantedTree, whiteout } from '../workspace-files/layer-fixture.ts';
import { kernelSideTools } from './kernel-side-tools.ts';
import { LayeredView, Unsure } from './layered-view.ts';

const user = { uid: process.getuid?.() ?? 1000, gid: process.getgid?.() ?? 1000 };
let folder: string;
let layer: SessionLayer;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-view-'));
  const [workspace, upper, mask] = ['workspace', 'upper', 'mask'].map((name) => join(folder, name));
  if (!workspace || !upper || !mask) return;
  for (const each of [workspace, upper, mask]) mkdirSync(each);
  const session = 's1' as SessionId; // of that form
  layer = { session, workspace, upper, mask, maskedPaths: [], startedAtMs: 0, strategy: 'overlay' };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function fill(workspace: PlantedTree, upper: PlantedTree = {}): void {
  plant(layer.workspace, workspace);
  plant(layer.upper, upper);
}

async function names(path = '.'): Promise<string[]> {
  using view = new LayeredView(layer, user);
  return (await listFolder(view, { path, limit: 1000 })).entries.map(({ name }) => name);
}

async function content(path: string): Promise<string> {
  using view = new LayeredView(layer, user);
  const input = { path, encoding: 'auto', offset: 0, limitBytes: 1000 } as const;
  const read = await readFile(view, input, new AbortController().signal);
  return read.content;
}

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'none',
    (thrown: unknown) => (thrown instanceof ToolError ? thrown.code : thrown instanceof Unsure ? 'unsure' : thrown),
  );

describe.runIf(process.platform === 'linux')('the view of a session', () => {
  it('shows what was written over what is below', async () => {
    fill({ a: 'old', b: 'b', 'd/x': 'x' }, { a: 'new', 'd/y': 'y' });
    expect(await names()).toEqual(['a', 'b', 'd']);
    expect(await names('d')).toEqual(['x', 'y']);
    expect(await content('a')).toBe('new');
    expect(await content('d/x')).toBe('x');
  });

  it('hides what was deleted, and what lies below a folder that was replaced', async () => {
    fill({ a: '', 'd/x': '', 'o/old': '', 'f/x': '' }, { f: 'a file now' });
    whiteout(layer.upper, 'a');
    whiteout(layer.upper, 'd/x');
    opaqueFolder(layer.upper, 'o');
    plant(layer.upper, { 'o/new': '' });
    expect(await names()).toEqual(['d', 'f', 'o']);
    expect(await names('d')).toEqual([]);
    expect(await names('o')).toEqual(['new']);
    expect(await codeOf(content('o/old'))).toBe('not_found');
    expect(await codeOf(content('f/x'))).toBe('not_a_directory');
    expect(await codeOf(content('a'))).toBe('not_found');
  });

  it('hides masked secrets, also in a folder that was renamed over', async () => {
    fill({ '.env': 'SECRET', 'p/.env': 'SECRET', 'p/a': '' }, { 'p/b': '' });
    whiteout(layer.mask, '.env');
    whiteout(layer.mask, 'p/.env');
    expect(await names()).toEqual(['p']);
    expect(await names('p')).toEqual(['a', 'b']);
    expect(await codeOf(content('p/.env'))).toBe('not_found');
  });

  it('follows links as inside, where the workspace has another name, and never out of it', async () => {
    fill({ 'd/f': 'f' }, { in: { link: '/workspace/d' }, own: { link: layer.workspace }, out: { link: '/etc' } });
    expect(await content('in/f')).toBe('f');
    expect(await codeOf(content('out/passwd'))).toBe('workspace_escape');
    expect(await codeOf(content('own/d/f'))).toBe('workspace_escape');
    using view = new LayeredView(layer, user);
    expect(resolveInView(view, 'in/new/file')).toEqual({ path: 'd/new/file', node: undefined });
  });

  it('leaves to the sandbox what it cannot be sure of', async () => {
    fill({ closed: 'x', 'locked/f': 'x' });
    chmodSync(join(layer.workspace, 'closed'), 0o000);
    chmodSync(join(layer.workspace, 'locked'), 0o600);
    expect(await codeOf(content('closed'))).toBe('unsure');
    expect(await codeOf(content('locked/f'))).toBe('unsure');
    chmodSync(join(layer.workspace, 'locked'), 0o700); // So that it can be removed.
    rmSync(layer.mask, { recursive: true });
    expect(await codeOf(names())).toBe('unsure');
  });

  it('tells the policy where a path leads, and what cannot be told is outside', () => {
    const tools = kernelSideTools({ user, ripgrep: 'rg' });
    const resolve = (path: string): string | undefined => tools.resolve(layer, [path])[0];
    fill({ 'd/f': 'f', secret: { link: 'd/f' }, out: { link: '/etc' }, loop: { link: 'loop' } });
    expect(resolve('secret')).toBe('d/f');
    expect(resolve('out/passwd')).toBe('/etc');
    expect(resolve('loop')).toBeUndefined();
    rmSync(layer.mask, { recursive: true });
    expect(resolve('secret')).toBe('..');
  });

  it('is the copy itself where the session works on one', async () => {
    fill({ a: 'operator' }, { a: 'session' });
    layer = { ...layer, strategy: 'copy' };
    expect(await content('a')).toBe('session');
    expect(await names()).toEqual(['a']);
  });
});
