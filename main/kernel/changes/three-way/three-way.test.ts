import { expect, test } from 'vitest';
import { diffLines } from '../diff/line-diff.ts';
import { mergeThreeWay } from './three-way.ts';

function merged(base: string, ours: string, theirs: string): string {
  const result = mergeThreeWay(Buffer.from(base), Buffer.from(ours), Buffer.from(theirs));
  return result.clean ? result.bytes.toString() : 'conflict';
}

test('changes of different places are both taken', () => {
  expect(merged('a\nb\nc\nd\n', 'A\nb\nc\nd\n', 'a\nb\nc\nD\n')).toBe('A\nb\nc\nD\n');
});

test('the same change on both sides is taken once', () => {
  expect(merged('a\nb\nc\n', 'a\nB\nc\n', 'a\nB\nc\n')).toBe('a\nB\nc\n');
});

test('changes of the same line, and of lines side by side, are a conflict', () => {
  expect([merged('a\nb\n', 'x\nb\n', 'y\nb\n'), merged('a\nb\n', 'x\nb\n', 'a\ny\n')]).toEqual([
    'conflict',
    'conflict',
  ]);
});

test('bytes that are not UTF-8 come through as they are', () => {
  const latin1 = (text: string) => Buffer.from(text, 'latin1');
  const result = mergeThreeWay(latin1('\xe9\n1\n2\n3\n'), latin1('\xe9\n1\n2\n4\n'), latin1('\xe8\n1\n2\n3\n'));
  expect(result).toEqual({ clean: true, bytes: latin1('\xe8\n1\n2\n4\n') });
});

test('a line that is the name of an object property is a line', () => {
  expect(merged('constructor', '__proto__\nconstructor', 'constructor')).toBe('__proto__\nconstructor');
  expect(merged('toString\na\nb\nc', 'valueOf\na\nb\nc', 'toString\na\nb\n__proto__')).toBe('valueOf\na\nb\n__proto__');
});

test('binary files that both sides changed are a conflict', () => {
  expect(merged('a\0', 'b\0', 'c\0')).toBe('conflict');
});

test('texts that are quite another are merged with bounded work, and come to the same each time', () => {
  const shuffled = (seed: number) => Array.from({ length: 6000 }, (_, line) => `${(line * seed) % 9973}\n`).join('');
  const [base, ours, theirs] = [shuffled(1), shuffled(7), shuffled(13)];
  expect(merged(base, ours, theirs)).toBe('conflict');
  const limits = { settle: 'low', stepLimit: 100_000 } as const;
  const first = diffLines(Buffer.from(base), Buffer.from(ours), limits);
  expect(first.exact).toBe(false);
  expect(diffLines(Buffer.from(base), Buffer.from(ours), limits)).toEqual(first);
});

test('twenty thousand equal lines are merged', () => {
  const many = 'same\n'.repeat(20_000);
  expect(merged(many, `a\n${many}`, `${many}b\n`)).toBe(`a\n${many}b\n`);
});
