import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { FileReview } from '../../../schema/contract/review.ts';
import { sha256Of } from '../../kernel/changes/files/file-state.ts';
import { type LayerFixture, layerFixture, picture, plant, whiteout } from './layer-fixture.ts';

const { signal } = new AbortController();

async function merge(fixture: LayerFixture, files: readonly FileReview[]) {
  const review = new Map(files.map((file) => [file.path, file]));
  const outcome = await fixture.changes.merge({ session: fixture.session, review, mode: 'apply', signal });
  const { merged, conflicts, left, refused } = outcome;
  return { merged, conflicts, left, refused: refused.map(({ reason }) => reason) };
}

function sha(text: string | Buffer): string {
  return sha256Of(text);
}

const lines = (...all: string[]): string => all.map((line) => `${line}\n`).join('');

test('of a file with hunks only the accepted and the edited ones are merged, and the rest stays a change', async () => {
  const before = lines('a', 'b', 'c', 'd', 'e');
  const after = lines('A', 'b', 'C', 'd', 'E');
  using fixture = layerFixture({ workspace: { f: before, other: '1' } });
  plant(fixture.upper, { f: after, other: '2' });
  const at = (line: number) => ({ before: { start: line, count: 1 }, after: { start: line, count: 1 } });
  const review: FileReview = {
    path: 'f',
    verdict: 'hunks',
    sha256: sha(after),
    hunks: [
      { ...at(0), verdict: 'accepted' },
      { ...at(2), verdict: 'rejected' },
      { ...at(4), verdict: 'edited', text: 'edited\n' },
    ],
  };
  expect(await merge(fixture, [review])).toEqual({ merged: ['f'], conflicts: [], left: ['other'], refused: [] });
  expect(readFileSync(join(fixture.workspace, 'f'), 'utf8')).toBe(lines('A', 'b', 'c', 'd', 'edited'));
  const request = { session: fixture.session, signal };
  const rest = await fixture.restarted().files.diff({ ...request, path: 'f' });
  expect(rest.before).toMatchObject({ text: lines('A', 'b', 'c', 'd', 'edited') });
  await fixture.changes.undo(request);
  expect(picture(fixture.workspace)).toEqual({ f: `file 644 ${before}`, other: 'file 644 1' });
});

test('hunks of a deleted and of a new file take some of their lines', async () => {
  using fixture = layerFixture({ workspace: { gone: lines('a', 'b', 'c') } });
  whiteout(fixture.upper, 'gone');
  plant(fixture.upper, { new: lines('x', 'y') });
  const none = { start: 0, count: 0 };
  const files: FileReview[] = [
    {
      path: 'gone',
      verdict: 'hunks',
      sha256: null,
      hunks: [{ before: { start: 1, count: 1 }, after: none, verdict: 'accepted' }],
    },
    {
      path: 'new',
      verdict: 'hunks',
      sha256: sha(lines('x', 'y')),
      hunks: [{ before: none, after: { start: 0, count: 1 }, verdict: 'accepted' }],
    },
  ];
  expect((await merge(fixture, files)).merged).toEqual(['gone', 'new']);
  expect(picture(fixture.workspace)).toEqual({ gone: 'file 644 a\nc\n', new: 'file 644 x\n' });
});

test('an edited text keeps the line ends, the byte order mark and the encoding of the file', async () => {
  const crlf = '\ufeffone\r\ntwo\r\n';
  const utf16 = Buffer.from('\ufeffone\ntwo\n', 'utf16le');
  const latin1 = Buffer.from('caf\xe9\n', 'latin1');
  using fixture = layerFixture({ workspace: { crlf: 'x', utf16: 'x', latin1: 'x' } });
  plant(fixture.upper, { crlf, utf16, latin1 });
  const files: FileReview[] = [
    { path: 'crlf', verdict: 'edited', sha256: sha(crlf), text: 'one\n2\n' },
    { path: 'utf16', verdict: 'edited', sha256: sha(utf16), text: 'one\nzwei\n' },
    { path: 'latin1', verdict: 'edited', sha256: sha(latin1), text: 'thé\n' },
  ];
  expect((await merge(fixture, files)).merged).toEqual(['crlf', 'latin1', 'utf16']);
  expect(readFileSync(join(fixture.workspace, 'crlf'), 'utf8')).toBe('\ufeffone\r\n2\r\n');
  expect(readFileSync(join(fixture.workspace, 'utf16'))).toEqual(Buffer.from('\ufeffone\nzwei\n', 'utf16le'));
  expect(readFileSync(join(fixture.workspace, 'latin1'))).toEqual(Buffer.from('th\xe9\n', 'latin1'));
});

test('a solved conflict is merged against what it was solved against, and is a conflict again against anything else', async () => {
  using fixture = layerFixture({ workspace: { f: 'base\n' } });
  plant(fixture.upper, { f: 'session\n' });
  await fixture.changes.list({ session: fixture.session, signal });
  writeFileSync(join(fixture.workspace, 'f'), 'operator\n');
  const solution = (workspaceSha256: string): FileReview => ({
    path: 'f',
    verdict: 'edited',
    sha256: sha('session\n'),
    workspaceSha256,
    text: 'both\n',
  });
  const conflict = await fixture.changes.files.conflict({ session: fixture.session, path: 'f', signal });
  expect(conflict).toMatchObject({
    workspaceSha256: sha('operator\n'),
    pieces: [{ kind: 'conflict', base: 'base\n', workspace: 'operator\n', session: 'session\n' }],
  });
  expect((await merge(fixture, [solution(sha('earlier\n'))])).conflicts).toEqual(['f']);
  expect((await merge(fixture, [solution(sha('operator\n'))])).merged).toEqual(['f']);
  expect(readFileSync(join(fixture.workspace, 'f'), 'utf8')).toBe('both\n');
  expect(await fixture.changes.list({ session: fixture.session, signal })).toEqual([]);
});

test('what the session changed after it was looked at is refused', async () => {
  using fixture = layerFixture({ workspace: { f: '1' } });
  plant(fixture.upper, { f: '3' });
  expect(await merge(fixture, [{ path: 'f', verdict: 'accepted', sha256: sha('2') }])).toEqual({
    merged: [],
    conflicts: [],
    left: [],
    refused: ['the session changed it since it was looked at'],
  });
});

test('changes are merged into another folder, judged against what lies there, and taken back from there', async () => {
  using fixture = layerFixture({ workspace: { same: 'a\n', other: 'b\n' } });
  const into = join(fixture.root, 'elsewhere');
  plant(into, { same: 'a\n', other: 'changed there\n' });
  const before = picture(into);
  plant(fixture.upper, { same: 'A\n', other: 'B\n', new: 'n' });
  const request = { session: fixture.session, signal };
  const outcome = await fixture.changes.merge({ ...request, into, mode: 'apply' });
  expect({ merged: outcome.merged, conflicts: outcome.conflicts }).toEqual({
    merged: ['new', 'same'],
    conflicts: ['other'],
  });
  expect(picture(into)).toMatchObject({ same: 'file 644 A\n', new: 'file 644 n', other: 'file 644 changed there\n' });
  expect((await fixture.changes.list(request)).map((change) => change.path)).toEqual(['new', 'other', 'same']);
  await fixture.changes.undo(request);
  expect(picture(into)).toEqual(before);
});
