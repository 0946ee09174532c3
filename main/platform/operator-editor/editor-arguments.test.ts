import { expect, test } from 'vitest';
import { editorArguments } from './editor-arguments.ts';

const at = { line: 12, column: 5 };

test('an editor that is known is told the line its own way, another one only the file', () => {
  expect([
    editorArguments(['/usr/bin/code', '--wait'], '/v/a.ts', at),
    editorArguments(['gvim'], '/v/a.ts', { line: 12 }),
    editorArguments(['zed'], '/v/a.ts', { line: 12 }),
    editorArguments(['kate'], '/v/a.ts', at),
    editorArguments(['notepad', '-x'], '/v/a.ts', at),
    editorArguments(['code'], '/v/a.ts', undefined),
  ]).toEqual([
    ['--wait', '--goto', '/v/a.ts:12:5'],
    ['+12', '/v/a.ts'],
    ['/v/a.ts:12:1'],
    ['--line', '12', '--column', '5', '/v/a.ts'],
    ['-x', '/v/a.ts'],
    ['/v/a.ts'],
  ]);
});

test('a command that says where things go has them there, whatever the file is called', () => {
  expect(editorArguments(['edit', '-l{line}', '{file}'], '/v/$&{line}', at)).toEqual(['-l12', '/v/$&{line}']);
});
