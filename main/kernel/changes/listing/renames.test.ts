import { expect, test } from 'vitest';
import { fromText } from '../files/byte-path.ts';
import { sha256Of } from '../files/file-state.ts';
import { type RenameCandidate, findRenames } from './renames.ts';
import { fingerprint, similarity } from './similarity.ts';

const { signal } = new AbortController();

async function renames(deleted: Record<string, string>, added: Record<string, string>): Promise<string[]> {
  const candidates = (files: Record<string, string>): RenameCandidate[] =>
    Object.entries(files).map(([path, text]) => ({
      path: fromText(path),
      sha256: sha256Of(text),
      sizeBytes: text.length,
      type: 'file' as const,
    }));
  const measure = async ({ path }: RenameCandidate) => {
    const text = { ...deleted, ...added }[path] ?? '';
    return { sizeBytes: text.length, pieces: fingerprint(Buffer.from(text)) };
  };
  const found = await findRenames({ deleted: candidates(deleted), added: candidates(added), measure, signal });
  return found.map(({ from, to }) => `${from} ${to}`).sort();
}

const poem = Array.from({ length: 10 }, (_, line) => `a line of a poem, number ${line}\n`);

test('the same content under another name is a rename, one name for one name', async () => {
  expect(await renames({ a: 'x', b: 'x' }, { c: 'x' })).toEqual(['a c']);
});

test('of equal contents those of the same name belong together', async () => {
  expect(await renames({ 'old/a': 'x', 'old/b': 'x' }, { 'new/b': 'x', 'new/a': 'x' })).toEqual([
    'old/a new/a',
    'old/b new/b',
  ]);
});

test('half of the larger file in common is a rename, less is not', async () => {
  const half = poem.slice(0, 5).join('') + 'z'.repeat(poem.slice(5).join('').length);
  const less = poem.slice(0, 4).join('') + 'z'.repeat(poem.slice(4).join('').length);
  expect(await renames({ a: poem.join('') }, { b: half })).toEqual(['a b']);
  expect(await renames({ a: poem.join('') }, { b: less })).toEqual([]);
});

test('the most alike are paired first', async () => {
  const text = poem.join('');
  expect(await renames({ a: text }, { b: poem.slice(3).join(''), c: poem.slice(1).join('') })).toEqual(['a c']);
});

test('empty files are a rename only under the same name', async () => {
  expect(await renames({ 'a/__init__': '', 'a/x': '' }, { 'b/__init__': '', 'b/y': '' })).toEqual([
    'a/__init__ b/__init__',
  ]);
});

test('likeness is the share of the larger file', () => {
  const measured = (text: string) => ({ sizeBytes: text.length, pieces: fingerprint(Buffer.from(text)) });
  expect(similarity(measured('a\nb\n'), measured('b\na\nc\nd\n'))).toBe(0.5);
});
