import headless from '@xterm/headless';
import type { Terminal } from '@xterm/xterm';
import { expect, test } from 'vitest';
import { CommandMarks, type MarkedCommand } from './command-marks.ts';
import { readProgress } from './progress.ts';

function marked() {
  const headlessTerminal = new headless.Terminal({ cols: 20, rows: 6, scrollback: 50, allowProposedApi: true });
  // Without a screen nothing is decorated; the rest is the same.
  const terminal = Object.assign(headlessTerminal, { registerDecoration: () => undefined }) as unknown as Terminal;
  let atMs = 0;
  const ended: MarkedCommand[] = [];
  const marks = new CommandMarks(terminal, { now: () => atMs, describe: () => '', onEnd: (one) => ended.push(one) });
  return {
    marks,
    ended,
    terminal,
    pass: (ms: number) => void (atMs += ms),
    print: (text: string) => new Promise<void>((done) => terminal.write(text, done)),
  };
}

const prompt = '\x1b]133;A\x1b\\$ ';
const run = (typed: string) => `${typed}\r\n\x1b]133;C\x1b\\`;
const end = (code: number) => `\x1b]133;D;${code}\x1b\\`;

test('a command has its exit code, its time and what it printed, also where lines were wrapped', async () => {
  const { marks, ended, pass, print } = marked();
  await print(`${end(0)}${prompt}${run('make')}first line\r\n${'y'.repeat(30)}\r\n`);
  pass(1500);
  await print(`${end(2)}${prompt}`);
  expect([ended, marks.lastOutput()]).toEqual([[{ exitCode: 2, durationMs: 1500 }], `first line\n${'y'.repeat(30)}`]);
});

test('a prompt that nothing was run at is no command', async () => {
  const { ended, print } = marked();
  await print(`${end(0)}${prompt}\r\n${end(0)}${prompt}${end(7)}`);
  expect(ended).toEqual([]);
});

test('a command whose prompt came before the window did is one too', async () => {
  const { marks, ended, print } = marked();
  await print(`$ ${run('x')}printed\r\n${end(3)}`);
  expect([ended.map(({ exitCode }) => exitCode), marks.lastOutput()]).toEqual([[3], 'printed']);
});

test('what was typed in more than a row is marked where it begins, also where the prompt came before', async () => {
  const { marks, terminal, print } = marked();
  await print(`before\r\n$ ${run('z'.repeat(45))}${'line\r\n'.repeat(20)}${end(0)}`);
  marks.scroll('previous');
  expect(terminal.buffer.active.viewportY).toBe(1);
});

test('one scrolls from command to command', async () => {
  const { marks, terminal, print } = marked();
  for (const code of [0, 1, 0]) await print(`${prompt}${run('x')}${'line\r\n'.repeat(8)}${end(code)}`);
  await print(prompt);
  const at = () => terminal.buffer.active.viewportY;
  const seen = [at()];
  for (const to of ['previous', 'previous', 'previous', 'next'] as const) {
    marks.scroll(to);
    seen.push(at());
  }
  expect(seen.slice(1)).toEqual([18, 9, 0, 9]);
});

test('the folder is what the shell says, of a file only', async () => {
  const { marks, print } = marked();
  await print('\x1b]7;file:///workspace/a%20b\x1b\\');
  const first = marks.folder;
  await print('\x1b]7;https://evil/x\x1b\\\x1b]7;nonsense\x1b\\\x1b]7;file:///%zz\x1b\\');
  expect([first, marks.folder]).toEqual(['/workspace/a b', '/workspace/a b']);
});

test('progress is read as it is meant, and nothing else for it', () => {
  expect(['4;1;40', '4;3', '4;2;250', '4;4;9', '4;0', '4;9;1', 'a notice'].map(readProgress)).toEqual([
    { state: 'running', percent: 40 },
    { state: 'unknown', percent: 0 },
    { state: 'failed', percent: 100 },
    { state: 'paused', percent: 9 },
    'none',
    undefined,
    undefined,
  ]);
});
