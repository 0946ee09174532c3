import { resolve } from 'node:path';
import { plugin as area } from '../../../schema/contract/plugin.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { table } from '../print.ts';

const list: Command = {
  words: ['plugin', 'list'],
  usage: 'plugin list',
  about: area.members.list.about,
  positionals: [0, 0],
  async run(context) {
    const client = await context.connect();
    const document = await client.plugin.list({});
    const rows = document.plugins.map((plugin) => [
      plugin.id,
      plugin.version,
      plugin.state,
      plugin.reason ?? plugin.description,
    ]);
    return { document, text: table([['PLUGIN', 'VERSION', 'STATE', ''], ...rows]) };
  },
};

const check: Command = {
  words: ['plugin', 'check'],
  usage: 'plugin check DIR',
  about: area.members.check.about,
  positionals: [1, 1],
  async run(context) {
    const client = await context.connect();
    const document = await client.plugin.check({ dir: resolve(context.positionals[0] ?? '') });
    const text = document.ok
      ? `${document.id}: ok\n`
      : document.errors.map((error) => `${error.path}: ${error.code}: ${error.message}\n`).join('');
    return { document, text, exitCode: document.ok ? EXIT.ok : EXIT.failed };
  },
};

export const pluginCommands: readonly Command[] = [list, check];
