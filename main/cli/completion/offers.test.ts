import { expect, test } from 'vitest';
import { commands } from '../commands.ts';
import { type Known, offersAt } from './offers.ts';

const known: Known = async (kind, session) => {
  if (kind === 'session') return [{ value: 'k3v9xw2m5a', about: 'running /work' }];
  if (kind === 'change' && session === 'k3v9xw2m5a') {
    return ['a.txt', 'b.txt'].map((value) => ({ value, about: 'added' }));
  }
  return [];
};

async function at(line: string): Promise<{ words: string[]; also?: string }> {
  const words = line.split(' ');
  const { offers, also } = await offersAt(commands, { before: words.slice(0, -1), current: words.at(-1) ?? '' }, known);
  return { words: offers.map(({ value }) => value), ...(also === undefined ? {} : { also }) };
}

test('the first words are those of the commands, without what is for programs', async () => {
  expect((await at('ses')).words).toEqual(['session']);
  expect((await at('session s')).words).toEqual(['show', 'stop']);
  const { words } = await at('');
  expect(words).toEqual(expect.arrayContaining(['doctor', 'run', 'changes', 'completion']));
  expect(words).not.toContain('complete');
});

test('an argument is what its command takes, the last one again and again without repeats', async () => {
  expect(await at('changes merge ')).toEqual({ words: ['k3v9xw2m5a'] });
  expect(await at('changes merge k3v9xw2m5a ')).toEqual({ words: ['a.txt', 'b.txt'] });
  expect(await at('changes merge --yes k3v9xw2m5a a.txt ')).toEqual({ words: ['b.txt'] });
  expect(await at('session stop k3v9xw2m5a ')).toEqual({ words: [] });
  expect(await at('completion z')).toEqual({ words: ['zsh'] });
});

test('options are those of the command and of all, each once, and their values are completed', async () => {
  expect((await at('tool call --s')).words).toEqual(['--session']);
  expect((await at('tool call --session k3v9xw2m5a --s')).words).toEqual([]);
  expect((await at('tool call fs.read --session ')).words).toEqual(['k3v9xw2m5a']);
  expect((await at('tool call --session=k')).words).toEqual(['--session=k3v9xw2m5a']);
  expect((await at('changes resolve k3v9xw2m5a a.txt --take ')).words).toEqual(['session', 'workspace']);
  expect((await at('doctor --')).words).toEqual(['--json', '--home', '--help', '--version', '--bundle']);
  expect((await at('audit log --type a --ty')).words).toEqual(['--type']);
});

test('files, folders and commands are left to the shell', async () => {
  expect(await at('policy check ')).toEqual({ words: [], also: 'files' });
  expect(await at('run ')).toEqual({ words: [], also: 'folders' });
  expect(await at('--home ')).toEqual({ words: [], also: 'folders' });
  expect(await at('run . -- ')).toEqual({ words: [], also: 'command' });
  expect(await at('run . -- cat ')).toEqual({ words: [], also: 'files' });
});
