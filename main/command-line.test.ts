import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from './cli/commands.ts';
import { commandLineOf, commandLineProgram, FIRST_WORDS } from './command-line.ts';

describe('the installed program', () => {
  it('knows the first word of every command, and no other', () => {
    expect([...FIRST_WORDS]).toEqual([...new Set(commands.map(({ words }) => words[0] ?? ''))].sort());
  });

  it.each([
    [
      ['plugin', 'new', 'words'],
      ['plugin', 'new', 'words'],
    ],
    [
      ['--home', '/h', 'run', '.', '--', 'ls', '--no-sandbox'],
      ['--home', '/h', 'run', '.', '--', 'ls', '--no-sandbox'],
    ],
    [
      ['--no-sandbox', '--json', 'doctor'],
      ['--json', 'doctor'],
    ],
    [['--help'], ['--help']],
    [
      ['--json', '--home', '/h', 'plugin', 'list'],
      ['--json', '--home', '/h', 'plugin', 'list'],
    ],
    [
      ['--home=/h', 'doctor'],
      ['--home=/h', 'doctor'],
    ],
  ])('is the command line for %j', (started, args) => {
    expect(commandLineOf(started)).toEqual(args);
  });

  it.each([
    [[]],
    [['.']],
    [['./run']],
    [['/work/run']],
    [['--home', '/h']],
    [['--home=/h']],
    [['cavern://session/run']],
    [['--inspect=0', '--remote-debugging-port=0', '--home', 'run']],
    [['project', 'run']],
  ])('is the window for %j', (started) => {
    expect(commandLineOf(started)).toBeUndefined();
  });

  it('takes everything behind its own mark for the command line, whatever it looks like', () => {
    const args = ['audit', 'log', '--type=call_decided', '--', '--no-sandbox'];
    const [, ...before] = commandLineProgram('/opt/Cavern/cavern', undefined);
    expect(commandLineOf([...before, ...args])).toEqual(args);
    expect(commandLineOf([...before])).toEqual([]);
    const launcher = readFileSync(resolve(import.meta.dirname, '../scripts/dist/linux/cavern'), 'utf8');
    expect(launcher).toContain(` ${before.join(' ')} "$@"`);
  });

  it('is started anew from the AppImage itself, whose contents lie elsewhere every time', () => {
    expect(commandLineProgram('/tmp/.mount_x/cavern', '/home/me/Cavern.AppImage')[0]).toBe('/home/me/Cavern.AppImage');
  });
});
