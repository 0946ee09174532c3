import { expect, test } from 'vitest';
import { yamlPositionAt } from './yaml-position.ts';

/** The place that `|` marks. */
function at(marked: string) {
  const offset = marked.indexOf('|');
  const { path, kind, word, siblings } = yamlPositionAt(marked.replace('|', ''), offset);
  return { path: path.join('.'), kind, word, siblings: [...siblings] };
}

test('a key at the top', () => {
  expect(at('version: 1\nru|')).toEqual({ path: '', kind: 'key', word: 'ru', siblings: ['version'] });
});

test('a key of a rule, after its dash and on a line of its own', () => {
  expect(at('rules:\n  - na|')).toEqual({ path: 'rules.*', kind: 'key', word: 'na', siblings: [] });
  expect(at('rules:\n  - name: a\n    |')).toEqual({ path: 'rules.*', kind: 'key', word: '', siblings: ['name'] });
});

test('a list that stands at the column of its key', () => {
  expect(at('rules:\n- name: a\n  action: al|').path).toBe('rules.*.action');
  expect(at('rules:\n- name: a\n- |').path).toBe('rules.*');
});

test('a value, in a map written on one line too', () => {
  expect(at('rules:\n  - name: a\n    match: { syscall: fs.w|')).toEqual({
    path: 'rules.*.match.syscall',
    kind: 'value',
    word: 'fs.w',
    siblings: ['syscall'],
  });
  expect(at('rules:\n  - match: { syscall: fs.write, |').kind).toBe('key');
  expect(at('rules:\n  - match: { syscall: [fs.read, fs|').path).toBe('rules.*.match.syscall.*');
  expect(at('rules:\n  - match:\n      { syscall: fs.read,\n        path_|')).toMatchObject({
    path: 'rules.*.match',
    kind: 'key',
    word: 'path_',
  });
});

test('an item of a list inside of a rule', () => {
  expect(at('rules:\n  - match:\n      syscall:\n        - fs.read\n        - fs|')).toMatchObject({
    path: 'rules.*.match.syscall.*',
    word: 'fs',
  });
});

test('what a block scalar or a comment holds is not structure', () => {
  expect(at('rules:\n  - reason: |>\n      x'.replace('|>', '>') + '\n      action: a\n    |').path).toBe('rules.*');
  expect(at('# rules:\nversion: 1\n|').path).toBe('');
});

test('a shorter indent leaves what was inside', () => {
  expect(at('rules:\n  - match:\n      syscall: a\n    except:\n      - path_glob: [x]\n    |').siblings).toEqual([
    'match',
    'except',
  ]);
  expect(at('rules:\n  - match:\n      syscall: a\nred|').path).toBe('');
});
