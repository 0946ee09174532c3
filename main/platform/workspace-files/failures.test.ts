import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BytePath } from '../../kernel/changes/files/byte-path.ts';
import { Changes } from '../../kernel/changes/changes.ts';
import type { WorkspaceFiles, WorkspaceTree } from '../../kernel/changes/files/workspace-files.ts';
import { type LayerFixture, layerFixture, picture, plant } from './layer-fixture.ts';

const { signal } = new AbortController();
type Name = Extract<keyof WorkspaceTree, 'stageFile' | 'place' | 'removeFile' | 'syncStaged'>;

/** The disk of this machine, but for one operation: what it does before the real one, or that it fails. */
function withFault(fixture: LayerFixture, name: Name, fault: (path: string, count: number) => void): Changes {
  const { workspaces } = fixture.options;
  let count = 0;
  const faulty: WorkspaceFiles = {
    async open(workspace) {
      const tree = await workspaces.open(workspace);
      return new Proxy(tree, {
        get(target, property) {
          const member: unknown = Reflect.get(target, property, target);
          if (typeof member !== 'function') return member;
          return (...args: unknown[]): unknown => {
            const path = args[name === 'place' ? 1 : 0];
            if (property === name) fault(typeof path === 'string' ? path : '', ++count);
            return member.apply(target, args) as unknown;
          };
        },
      });
    },
  };
  return new Changes({ ...fixture.options, workspaces: faulty });
}

function failing(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function threeFiles(): LayerFixture {
  const fixture = layerFixture({ workspace: { a: 'a', b: 'b', c: 'c' } });
  plant(fixture.upper, { a: 'A', b: 'B', c: 'C' });
  return fixture;
}

async function merge(changes: Changes, fixture: LayerFixture) {
  const outcome = await changes.merge({ session: fixture.session, mode: 'apply', signal });
  const { merged, conflicts, refused } = outcome;
  return { merged, conflicts, refused: refused.map(({ path, reason }) => `${path}: ${reason}`) };
}

test('a workspace that is gone is said, and merging goes on once it is back', async () => {
  using fixture = threeFiles();
  renameSync(fixture.workspace, `${fixture.workspace}-away`);
  await expect(merge(fixture.changes, fixture)).rejects.toMatchObject({ code: 'workspace_invalid' });
  renameSync(`${fixture.workspace}-away`, fixture.workspace);
  expect((await merge(fixture.changes, fixture)).merged).toEqual(['a', 'b', 'c']);
});

test('on a file system that became read-only every path is refused with the reason, and nothing changed', async () => {
  using fixture = threeFiles();
  const changes = withFault(fixture, 'stageFile', () => {
    throw failing('EROFS');
  });
  expect(await merge(changes, fixture)).toEqual({
    merged: [],
    conflicts: [],
    refused: ['a', 'b', 'c'].map((path) => `${path}: the operator may not write there`),
  });
  expect(picture(fixture.workspace)).toEqual({ a: 'file 644 a', b: 'file 644 b', c: 'file 644 c' });
});

test('a disk that fills up in the middle of a merge leaves the workspace as it was', async () => {
  for (const code of ['ENOSPC', 'EDQUOT']) {
    for (const name of ['stageFile', 'syncStaged'] as const) {
      using fixture = threeFiles();
      const changes = withFault(fixture, name, (_path, count) => {
        if (name === 'syncStaged' || count === 2) throw failing(code);
      });
      await expect(merge(changes, fixture), `${code} ${name}`).rejects.toMatchObject({ code: 'disk_full' });
      expect(picture(fixture.workspace)).toEqual({ a: 'file 644 a', b: 'file 644 b', c: 'file 644 c' });
      expect((await merge(fixture.restarted(), fixture)).merged).toEqual(['a', 'b', 'c']);
    }
  }
});

test('a file that is locked is refused and the others are merged; undo takes those back', async () => {
  using fixture = threeFiles();
  const changes = withFault(fixture, 'place', (path) => {
    if (path === 'b') throw failing('EBUSY');
  });
  expect(await merge(changes, fixture)).toEqual({
    merged: ['a', 'c'],
    conflicts: [],
    refused: ['b: the operator may not write there'],
  });
  expect(picture(fixture.workspace)).toEqual({ a: 'file 644 A', b: 'file 644 b', c: 'file 644 C' });
  await fixture.restarted().undo({ session: fixture.session, signal });
  expect(picture(fixture.workspace)).toEqual({ a: 'file 644 a', b: 'file 644 b', c: 'file 644 c' });
});

test('permission that is lost half-way leaves each file old or new, with the rest refused', async () => {
  using fixture = threeFiles();
  let lost = false;
  const changes = withFault(fixture, 'place', (_path, count) => {
    lost ||= count > 1;
    if (lost) throw failing('EACCES');
  });
  const { merged, refused } = await merge(changes, fixture);
  expect({ merged, refused: refused.length }).toEqual({ merged: ['a'], refused: 2 });
  expect(picture(fixture.workspace)).toEqual({ a: 'file 644 A', b: 'file 644 b', c: 'file 644 c' });
});

test('a file that is replaced by a folder while it is merged is a conflict, and the folder stays', async () => {
  using fixture = threeFiles();
  const target = join(fixture.workspace, 'b');
  const changes = withFault(fixture, 'syncStaged', () => {
    rmSync(target);
    mkdirSync(target);
    writeFileSync(join(target, 'mine'), 'x');
  });
  const { merged, conflicts } = await merge(changes, fixture);
  expect({ merged, conflicts }).toEqual({ merged: ['a', 'c'], conflicts: ['b'] });
  expect(readFileSync(join(target, 'mine'), 'utf8')).toBe('x');
});

test('a change between review and merge counts by its content, not by its time', async () => {
  using fixture = threeFiles();
  await fixture.changes.list({ session: fixture.session, signal });
  // Touched, and written again with the same bytes: the same content. Another content with the old time is another.
  utimesSync(join(fixture.workspace, 'a'), 1, 1);
  writeFileSync(join(fixture.workspace, 'b'), 'b');
  writeFileSync(join(fixture.workspace, 'c'), 'X');
  utimesSync(join(fixture.workspace, 'c'), 1, 1);
  const { merged, conflicts } = await merge(fixture.changes, fixture);
  expect({ merged, conflicts }).toEqual({ merged: ['a', 'b'], conflicts: ['c'] });
  expect(readFileSync(join(fixture.workspace, 'c'), 'utf8')).toBe('X');
});

test('a file that is swapped for a link while it is merged is a conflict, and what the link names stays', async () => {
  using fixture = threeFiles();
  const outside = join(fixture.root, 'outside');
  writeFileSync(outside, 'outside');
  const changes = withFault(fixture, 'syncStaged', () => {
    rmSync(join(fixture.workspace, 'b'));
    symlinkSync(outside, join(fixture.workspace, 'b'));
  });
  expect((await merge(changes, fixture)).conflicts).toEqual(['b']);
  expect(readFileSync(outside, 'utf8')).toBe('outside');
});

test('a file with a second name outside of the workspace is replaced, not written through', async () => {
  using fixture = threeFiles();
  const outside = join(fixture.root, 'second-name');
  await fixture.changes.list({ session: fixture.session, signal });
  linkSync(join(fixture.workspace, 'a'), outside);
  await fixture.changes.merge({ session: fixture.session, paths: ['a'], mode: 'apply', signal });
  expect([readFileSync(outside, 'utf8'), readFileSync(join(fixture.workspace, 'a'), 'utf8')]).toEqual(['a', 'A']);
});

test('line ends, byte order marks, encodings and modes come through a merge as they are', async () => {
  const files = {
    crlf: Buffer.from('\ufeffa\r\nb\r\n'),
    mixed: Buffer.from('a\r\nb\nc\r'),
    utf16: Buffer.from('\ufeffa\n', 'utf16le'),
    latin1: Buffer.from('\xe9\n', 'latin1'),
    noend: Buffer.from('x'),
  };
  using fixture = layerFixture({ workspace: Object.fromEntries(Object.keys(files).map((name) => [name, 'old\n'])) });
  plant(fixture.upper, { ...files, run: { text: '#!/bin/sh\n', mode: 0o750 } });
  await merge(fixture.changes, fixture);
  for (const [name, bytes] of Object.entries(files)) expect(readFileSync(join(fixture.workspace, name))).toEqual(bytes);
  expect(picture(fixture.workspace)['run']).toBe('file 750 #!/bin/sh\n');
});

test('a folder that may not be written to refuses its paths where the operator is not root', async () => {
  if (process.getuid?.() === 0) return;
  using fixture = layerFixture({ workspace: { 'd/a': 'a', b: 'b' } });
  plant(fixture.upper, { 'd/a': 'A', b: 'B' });
  chmodSync(join(fixture.workspace, 'd'), 0o555);
  try {
    expect((await merge(fixture.changes, fixture)).merged as BytePath[]).toEqual(['b']);
  } finally {
    chmodSync(join(fixture.workspace, 'd'), 0o755);
  }
});
