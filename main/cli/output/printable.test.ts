import { expect, test } from 'vitest';
import { printable } from './printable.ts';

test('what would steer a terminal is shown instead, and text stays as it is', () => {
  expect(printable('ok \u001b[2J\u0007\r\nnext\tcolumn é 日本 🙂')).toBe('ok ^[[2J^G^M\nnext\tcolumn é 日本 🙂');
  expect(printable('\u009b31m\u202etxt.exe\u007f')).toBe('<009b>31m<202e>txt.exe<007f>');
});
