import { expect, test } from 'vitest';
import { lookOver } from './pasted-text.ts';
import { placeDropped, quotedPath } from './quoted-path.ts';
import { isAnswer, meaningOf } from './terminal-keys.ts';

test('several lines are asked about where each would be run as it comes', () => {
  const concerns = [
    lookOver('ls', 'takes it as typed'),
    lookOver('ls\r\n', 'takes it as typed'),
    lookOver('a\nb', 'takes it as typed'),
    lookOver('a\nb\n', 'knows pasted text'),
  ];
  expect(concerns.map(({ concern, lines }) => [concern, lines])).toEqual([
    [undefined, 1],
    ['lines', 1],
    ['lines', 2],
    [undefined, 2],
  ]);
});

test('a pasted text cannot end the brackets around it, nor press keys', () => {
  expect(lookOver('echo\x1b[201~\rrm\x03', 'knows pasted text')).toEqual({
    text: 'echo[201~\nrm',
    lines: 2,
    concern: 'control',
  });
});

test('dropped files of the workspace are named as the sandbox has them, others are refused', () => {
  const paths = [
    '/home/me/app/src/a b.ts',
    "/home/me/app/it's",
    '/home/me/app',
    '/home/me/application/x',
    '/etc/passwd',
  ];
  expect(placeDropped(paths, '/home/me/app/')).toEqual({
    words: ["'/workspace/src/a b.ts'", "'/workspace/it'\\''s'", '/workspace'],
    outside: ['x', 'passwd'],
  });
  expect(quotedPath('$(reboot)')).toBe("'$(reboot)'");
});

const key = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, key: '', code: '' };

test('the keys of the window are few, the others are those of what runs in the terminal', () => {
  const both = { ...key, ctrlKey: true, shiftKey: true };
  expect(
    [
      { ...both, code: 'KeyC' },
      { ...both, code: 'ArrowUp' },
      { ...both, code: 'KeyV' },
      { ...key, ctrlKey: true, code: 'KeyC' },
      { ...key, ctrlKey: true, key: 'PageUp' },
      { ...key, ctrlKey: true, key: 'Insert' },
      { ...key, shiftKey: true, key: 'Insert' },
      { ...key, key: 'Insert' },
      { ...key, key: 'ContextMenu' },
      { ...key, shiftKey: true, key: 'F10' },
      { ...key, key: 'F10' },
      { ...key, shiftKey: true, key: 'Home' },
      { ...key, shiftKey: true, key: 'End' },
      { ...both, key: 'End' },
    ].map(meaningOf),
  ).toEqual([
    'copy',
    'previous command',
    'leave to the window',
    undefined,
    'leave to the window',
    'copy',
    'leave to the window',
    undefined,
    'leave to the window',
    'leave to the window',
    undefined,
    'first line',
    'last line',
    undefined,
  ]);
});

test('what a terminal answers by itself is told from keys', () => {
  const answers = [
    '\x1b[?1;2c',
    '\x1b[12;40R',
    '\x1b[0n',
    '\x1b[I',
    '\x1b[<0;3;4M',
    '\x1b]11;rgb:0000/0000/0000\x1b\\',
    '\x1bP1$r0m\x1b\\',
    '\x1b[?2;0;640;480S',
    '\x1b[6;17;8t',
  ];
  const keys = [
    'a',
    '\r',
    '\x1b[A',
    '\x1bOP',
    '\x1b',
    '\x03',
    '\x1b[15~',
    '\x1b[1;5C',
    '\x1b[1;2S',
    '\x1b[200~x\x1b[201~',
  ];
  expect([answers.map(isAnswer), keys.map(isAnswer)]).toEqual([answers.map(() => true), keys.map(() => false)]);
});
