import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { COMPLETION_SCRIPTS } from './scripts.ts';

let folder: string;
/** Stands for the program: it notes what it is asked and prints what it is told to. */
const program = `#!/bin/bash
printf '%s\\n' "$@" > asked
cat offers
`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-completion-'));
  writeFileSync(join(folder, 'cavern'), program);
  chmodSync(join(folder, 'cavern'), 0o755);
  writeFileSync(join(folder, 'report one.txt'), '');
  mkdirSync(join(folder, 'results'));
  for (const [shell, script] of Object.entries(COMPLETION_SCRIPTS)) writeFileSync(join(folder, shell), script);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const environment = () => ({ ...process.env, PATH: `${folder}${delimiter}${process.env['PATH']}` });

/** What bash would complete for a line whose last word is where the cursor is. */
async function inBash(offers: string, ...words: string[]): Promise<string[]> {
  writeFileSync(join(folder, 'offers'), offers);
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const script = `source ./bash
    COMP_WORDS=(cavern ${quoted}) COMP_CWORD=${words.length}
    _cavern cavern
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const run = promisify(execFile)('bash', ['--norc', '-c', script], { cwd: folder, env: environment() });
  return (await run).stdout.trimEnd().split('\n');
}

const asked = (): string[] => readFileSync(join(folder, 'asked'), 'utf8').trimEnd().split('\n');

test('bash offers what the program says for the words up to the cursor', async () => {
  expect(await inBash('session\tList\nsecret\tHand\n', 'se')).toEqual(['session', 'secret']);
  expect(asked()).toEqual(['complete', '--', 'se']);
  expect(await inBash('a b.txt\tadded\n', 'changes', 'merge', 'k3v9xw2m5a', '')).toEqual(['a\\ b.txt']);
  expect(asked().slice(0, 5)).toEqual(['complete', '--', 'changes', 'merge', 'k3v9xw2m5a']);
});

test('bash completes files and folders itself where the program says so', async () => {
  expect(await inBash(':files\n', 'policy', 'check', 're')).toEqual(
    expect.arrayContaining(['report one.txt', 'results']),
  );
  expect(await inBash(':folders\n', 'run', 're')).toEqual(['results']);
  expect(await inBash(':command\n', 'run', '.', '--', 'ls')).toContain('ls');
});

test('what a program says is never run, whatever it looks like', async () => {
  expect(await inBash('$(touch run)\tx\n`touch run`\tx\n', 's')).toEqual(['\\$\\(touch\\ run\\)', '\\`touch\\ run\\`']);
  expect(() => readFileSync(join(folder, 'run'))).toThrow();
});

function has(shell: string): boolean {
  try {
    execFileSync(shell, ['-c', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test.skipIf(!has('zsh'))('zsh reads its script', () => {
  execFileSync('zsh', ['-n', join(folder, 'zsh')]);
});

test.skipIf(!has('fish'))('fish offers what the program says, with what it is about', () => {
  writeFileSync(join(folder, 'offers'), 'session\tList\n');
  const line = 'source ./fish; complete -C "cavern changes se"';
  const shown = execFileSync('fish', ['--no-config', '-c', line], {
    cwd: folder,
    env: environment(),
    encoding: 'utf8',
  });
  expect(shown).toBe('session\tList\n');
  expect(asked()).toEqual(['complete', '--', 'changes', 'se']);
});
