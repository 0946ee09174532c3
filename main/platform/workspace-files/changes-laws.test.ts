import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { type LayerFixture, layerFixture, opaqueFolder, picture, whiteout } from './layer-fixture.ts';

const { signal } = new AbortController();
/** Enough for the long runs of CAVERN_LONG. */
vi.setConfig({ testTimeout: 600_000 });
const RUNS = process.env['CAVERN_LONG'] === undefined ? 60 : 2000;
/** How many seeds each law is tried with; each is drawn anew, and a failure names the one it came with. */
const SEEDS = Number(process.env['CAVERN_SEEDS'] ?? 1);

async function holds<T>(law: fc.IAsyncPropertyWithHooks<T>, numRuns = RUNS): Promise<void> {
  for (let seed = 0; seed < SEEDS; seed++) await fc.assert(law, { numRuns });
}

type Tree = { readonly [name: string]: Node };
type Node = { readonly text: string; readonly mode: number } | { readonly link: string } | { readonly children: Tree };

const content = fc.constantFrom('', 'one\n', 'two\n', 'one\ntwo\nthree\nfour\n', 'one\ntwo\nthree\nFOUR\n', '\0binary');
const { tree } = fc.letrec<{ tree: Tree; node: Node }>((tie) => ({
  tree: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd e', 'é'), tie('node'), { maxKeys: 4, noNullPrototype: true }),
  node: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    fc.record({ text: content, mode: fc.constantFrom(0o644, 0o755, 0o600) }),
    fc.record({ link: fc.constantFrom('a', '../b', '/etc/passwd') }),
    fc.record({ children: tie('tree') }),
  ),
}));

function isFolder(node: Node | undefined): node is { readonly children: Tree } {
  return node !== undefined && 'children' in node;
}

function write(path: string, node: Node): void {
  rmSync(path, { recursive: true, force: true });
  if (isFolder(node)) {
    mkdirSync(path);
    for (const [name, child] of Object.entries(node.children)) write(join(path, name), child);
  } else if ('link' in node) symlinkSync(node.link, path);
  else {
    writeFileSync(path, node.text);
    chmodSync(path, node.mode);
  }
}

/** What overlayfs leaves in its upper folder when a session makes `after` out of `before`. */
function writeLayer(upper: string, before: Tree, after: Tree): void {
  const opaqueEveryOther = Object.keys(after).length % 2 === 0;
  for (const [name, node] of Object.entries(after)) {
    const old = before[name];
    const path = join(upper, name);
    if (isFolder(node) && isFolder(old)) {
      if (opaqueEveryOther) {
        opaqueFolder(upper, name);
        for (const [child, grandchild] of Object.entries(node.children)) write(join(path, child), grandchild);
      } else {
        mkdirSync(path);
        writeLayer(path, old.children, node.children);
      }
    } else if (JSON.stringify(node) !== JSON.stringify(old)) write(path, node);
  }
  for (const name of Object.keys(before)) if (!(name in after)) whiteout(upper, name);
}

function prepared(before: Tree, after: Tree): LayerFixture & { before: object; after: object } {
  const fixture = layerFixture({ plantBefore: (workspace) => write(workspace, { children: before }) });
  const expected = join(fixture.root, 'expected');
  write(expected, { children: after });
  writeLayer(fixture.upper, before, after);
  return Object.assign(fixture, { before: picture(fixture.workspace), after: picture(expected) });
}

test('merging a change set makes the workspace what the session saw; undoing it what it was', async () => {
  await holds(
    fc.asyncProperty(tree, tree, async (before, after) => {
      using fixture = prepared(before, after);
      const request = { session: fixture.session, signal };
      const outcome = await fixture.changes.merge({ ...request, mode: 'apply' });
      expect(picture(fixture.workspace)).toEqual(fixture.after);
      expect(await fixture.changes.list(request)).toEqual([]);
      expect({ conflicts: outcome.conflicts, refused: outcome.refused }).toEqual({ conflicts: [], refused: [] });
      if (outcome.id === undefined) return;
      expect((await fixture.restarted().undo(request)).refused).toEqual([]);
      expect(picture(fixture.workspace)).toEqual(fixture.before);
    }),
  );
});

test('what is merged, refused, left and in conflict is the change set, each path once', async () => {
  await holds(
    fc.asyncProperty(tree, tree, tree, fc.infiniteStream(fc.boolean()), async (before, after, meanwhile, coins) => {
      using fixture = prepared(before, after);
      const request = { session: fixture.session, signal };
      if (coins.next().value === true) await fixture.changes.list(request);
      if (coins.next().value === true) write(fixture.workspace, { children: { ...before, ...meanwhile } });
      const listed = (await fixture.changes.list(request)).map((change) => change.path);
      const paths = listed.filter(() => coins.next().value === true);
      const chosen = { ...request, paths };
      const preview = await fixture.changes.merge({ ...chosen, mode: 'preview' });
      const atFirst = picture(fixture.workspace);
      const outcome = await fixture.changes.merge({ ...chosen, mode: 'apply' });
      const { merged, conflicts, left, refused } = outcome;
      const all = [...merged, ...conflicts, ...left, ...refused.map(({ path }) => path)].map(utf8).sort();
      expect(all).toEqual([...listed].sort());
      expect({ ...preview, id: 0, digests: 0 }).toEqual({ ...outcome, id: 0, digests: 0 });
      if (outcome.id === undefined) return;
      expect((await fixture.changes.undo(request)).refused).toEqual([]);
      expect(picture(fixture.workspace)).toEqual(atFirst);
    }),
  );
});

/** What a patch can carry of a tree: texts, links and whether a file is executable. */
function patchable(of: Tree): Tree {
  const entries = Object.entries(of).map(([name, node]): [string, Node] => {
    if (isFolder(node)) return [name, { children: patchable(node.children) }];
    // A link to itself stops git as soon as something is to come below its name.
    if ('link' in node) return [name, node.link === name ? { link: 'nowhere' } : node];
    return [name, { text: node.text.replace('\0', ''), mode: node.mode | 0o044 }];
  });
  return Object.fromEntries(entries);
}

/** Git does not know a folder without files, and takes it for something in its way. */
function withoutEmptyFolders(of: Tree): Tree {
  const entries = Object.entries(of).map(([name, node]): [string, Node] =>
    isFolder(node) ? [name, { children: withoutEmptyFolders(node.children) }] : [name, node],
  );
  return Object.fromEntries(entries.filter(([, node]) => !(isFolder(node) && Object.keys(node.children).length === 0)));
}

function filesOf(folder: string): Record<string, string> {
  return Object.fromEntries(Object.entries(picture(folder)).filter(([, state]) => !state.startsWith('folder')));
}

test('a patch of what a session changed, applied by git to what was there before, makes what the session saw', async () => {
  await holds(
    fc.asyncProperty(tree.map(patchable).map(withoutEmptyFolders), tree.map(patchable), async (before, after) => {
      using fixture = prepared(before, after);
      const { patch, left } = await fixture.changes.exportPatch({ session: fixture.session, signal });
      expect(left.filter((path) => !isEmptyFolder(after, path))).toEqual([]);
      const folder = join(fixture.root, 'patched');
      write(folder, { children: before });
      if (patch !== '') execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: folder, input: patch });
      expect(filesOf(folder)).toEqual(filesOf(join(fixture.root, 'expected')));
    }),
    RUNS / 2,
  );
});

/** Neither git nor a patch knows folders; an empty one is left. */
function isEmptyFolder(of: Tree, path: string): boolean {
  const [name = '', ...rest] = path.split('/');
  const node = of[name];
  if (!isFolder(node)) return false;
  return rest.length === 0 || isEmptyFolder(node.children, rest.join('/'));
}

function utf8(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}
