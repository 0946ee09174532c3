import { resolve } from 'node:path';
import { sandbox as area } from '../../../../schema/contract/sandbox.ts';
import type { Command } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { table } from '../../output/print.ts';

const check: Command = {
  words: ['cave', 'check'],
  usage: 'cave check [DIR]',
  about: area.members.cave.about,
  positionals: [0, 1],
  takes: ['folder'],
  document:
    '{ exists, sandboxes: [{ name, profile, start? }], errors: [{ line, column, message }] }; exit code 1 where something is wrong',
  async run(context) {
    const client = await context.connect();
    const document = await client.sandbox.cave({ workspace: resolve(context.positionals[0] ?? '.') });
    const { exists, sandboxes, errors } = document;
    if (errors.length > 0) {
      const text = errors.map(({ line, column, message }) => `cave.yaml:${line}:${column}: ${message}\n`).join('');
      return { document, text, exitCode: EXIT.failed };
    }
    const rows = sandboxes.map(({ name, profile, start = [] }) => [name, profile, start.join(' ')]);
    return { document, text: exists ? table([['SANDBOX', 'PROFILE', 'START'], ...rows]) : 'no cave.yaml\n' };
  },
};

export const caveCommands: readonly Command[] = [check];
