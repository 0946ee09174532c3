import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '../commands.ts';
import { manPage } from './man-page.ts';
import { commandsPage } from './page.ts';
import { ENVIRONMENT, FILES } from './surroundings.ts';

const repository = resolve(import.meta.dirname, '../../..');
const page = manPage({ commands, version: '1.2.3', date: '2026-01-02', environment: ENVIRONMENT, files: FILES });

test('the lists of docs/cli.md are those of the command table (node main/cli/reference/emit.ts --page)', () => {
  const written = readFileSync(join(repository, 'docs', 'cli.md'), 'utf8');
  expect(written).toBe(commandsPage(written));
});

test.each(commands.map((command) => [command.words.join(' '), command] as const))(
  'the usage of %s names every option that it has, and no other',
  (name, { usage, options = {}, positionals, takes = [] }) => {
    expect(usage.startsWith(name)).toBe(true);
    const named = new Set([...usage.matchAll(/--([a-z][a-z-]*)/g)].map(([, option = '']) => option));
    expect([...named].sort()).toEqual(Object.keys(options).sort());
    expect(takes.length > 0).toBe(positionals[1] > 0);
    expect(takes.length).toBeLessThanOrEqual(positionals[1]);
    for (const { type, value, about } of Object.values(options)) {
      expect(value === undefined).toBe(type === 'boolean');
      expect(about).toMatch(/[^.]$/);
    }
  },
);

test('the manual has every command and option, and nothing in it is read as a request of roff', () => {
  for (const { words, hidden } of commands) {
    expect(page.includes(`.SS ${words.join(' ').replaceAll('-', '\\-')}\n`)).toBe(!hidden);
  }
  const requests = new Set([...page.matchAll(/^\.(\S+)/gm)].map(([, request]) => request));
  expect(requests).toEqual(new Set(['TH', 'SH', 'SS', 'PP', 'TP', 'B', 'I', 'br']));
});

function hasMandoc(): boolean {
  try {
    execFileSync('mandoc', ['-Tlint'], { input: '', stdio: ['pipe', 'ignore', 'ignore'] });
    return true;
  } catch (thrown) {
    return thrown instanceof Error && !('code' in thrown && thrown.code === 'ENOENT');
  }
}

test.skipIf(!hasMandoc())('mandoc warns of nothing in the manual', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cavern-man-'));
  try {
    writeFileSync(join(folder, 'cavern.1'), page);
    expect(execFileSync('mandoc', ['-Tlint', '-W', 'warning', join(folder, 'cavern.1')], { encoding: 'utf8' })).toBe(
      '',
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
