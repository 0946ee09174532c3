import { Chunk } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { comparing } from './line-first-diff.ts';

const FILLER = 'a line that stays as it is\n'.repeat(40_000);
const lines = fc.array(fc.constantFrom('one\n', 'two\n', 'three and more\n', '\n', 'x'), { maxLength: 20 });

test('what is compared by lines first turns one text into the other', () => {
  const compare = comparing({ scanLimit: 500 }).override;
  fc.assert(
    fc.property(lines, lines, (left, right) => {
      const [a, b] = [left.join('') + FILLER + left.join(''), right.join('') + FILLER + right.join('')];
      const changes = [...(compare?.(a, b) ?? [])].reverse();
      const turned = changes.reduce(
        (text, { fromA, toA, fromB, toB }) => text.slice(0, fromA) + b.slice(fromB, toB) + text.slice(toA),
        a,
      );
      expect(turned === b).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test('a long text has a hunk for each place that changed', () => {
  const before = Array.from({ length: 100_000 }, (_, line) => `${line} the quick brown fox\n`);
  const after = before.map((line, at) => (at % 1000 === 5 ? line.replace('quick', 'slow') : line));
  const [a, b] = [before, after].map((text) => EditorState.create({ doc: text.join('') }).doc);
  expect(a && b && Chunk.build(a, b, comparing({ scanLimit: 500 })).length).toBe(100);
});

test('a block of many lines that was put in is a hunk of its own', () => {
  const before = Array.from({ length: 60_000 }, (_, line) => `${line} the quick brown fox\n`);
  const block = Array.from({ length: 3000 }, (_, line) => `new ${line}\n`);
  const after = [...before.slice(0, 20_000), ...block, ...before.slice(20_000, 50_000), ...before.slice(52_000)];
  const [a, b] = [before, after].map((text) => EditorState.create({ doc: text.join('') }).doc);
  const chunks = a && b ? Chunk.build(a, b, comparing({ scanLimit: 500 })) : [];
  expect(chunks.map(({ fromA, toA, fromB, toB }) => [toA - fromA, toB - fromB])).toEqual([
    [0, block.join('').length],
    [before.slice(50_000, 52_000).join('').length, 0],
  ]);
});
