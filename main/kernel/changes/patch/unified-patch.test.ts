import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { filePatch } from './patch.ts';
import { PatchRefused, applyPatch, parsePatch } from './unified-patch.ts';

const side = (text: string) => ({ mode: '100644', bytes: Buffer.from(text) });

function applied(patch: string, before: string): string | undefined {
  return parsePatch(patch).reduce<string | undefined>((text, file) => applyPatch(file, text), before);
}

function refusal(patch: string, before: string | undefined): { hunk: number; reason: string } {
  try {
    for (const file of parsePatch(patch)) applyPatch(file, before);
  } catch (thrown) {
    if (thrown instanceof PatchRefused) return { hunk: thrown.hunk, reason: thrown.reason };
    throw thrown;
  }
  throw new Error('It was applied');
}

test('what the difference of two texts says makes the one out of the other', () => {
  const line = fc.constantFrom('a', 'b', 'c', '', 'with \r', '-- a', '+++ b', '@@ -1 +1 @@', '\\ x', 'é');
  const text = fc.tuple(fc.array(line, { maxLength: 40 }), fc.boolean());
  const of = ([lines, ended]: [string[], boolean]) => lines.join('\n') + (ended ? '\n' : '');
  fc.assert(
    fc.property(text.map(of), text.map(of), (before, after) => {
      const patch = filePatch({ from: 'f', path: 'f', before: side(before), after: side(after) }) ?? '';
      expect(applied(patch, before)).toBe(after);
    }),
    { numRuns: process.env['CAVERN_LONG'] === undefined ? 500 : 20_000 },
  );
});

test('a patch is applied where it says, and is refused with its hunk and the reason anywhere else', () => {
  const patch = '--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n@@ -5 +5 @@\n-five\n+5\n';
  const before = 'one\ntwo\nthree\nfour\nfive\n';
  expect(applied(patch, before)).toBe('one\n2\nthree\nfour\n5\n');
  expect([
    refusal(patch, `new\n${before}`),
    refusal(patch, before.replace('five', 'FIVE')),
    refusal(patch, 'one\ntwo\n'),
    refusal(patch, undefined),
    refusal('--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+x\n', 'there'),
    refusal('--- a/f\n+++ b/f\n@@ -1,3 +1 @@\n-one\n', before),
    refusal('nothing of the kind', before),
  ]).toEqual([
    { hunk: 1, reason: 'line 1 is "new\\n", not "one\\n"' },
    { hunk: 2, reason: 'line 5 is "FIVE\\n", not "five\\n"' },
    { hunk: 2, reason: 'it begins at line 5, but the file has 2' },
    { hunk: 0, reason: 'the file is not there' },
    { hunk: 0, reason: 'the file is there already' },
    { hunk: 1, reason: 'it ends before all of its lines were there' },
    { hunk: 0, reason: 'it is no unified diff' },
  ]);
});

test('a deleted file, a missing line feed at the end and quoted names are read', () => {
  expect(applied('--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n\\ No newline at end of file\n', 'x')).toBeUndefined();
  expect(parsePatch('--- "a/\\303\\251\\t"\n+++ "b/\\303\\251\\t"\n@@ -1 +1 @@\n-x\n+y\n')[0]).toMatchObject({
    from: 'é\t',
    to: 'é\t',
  });
});
