import { Settings, app as area } from '../../../../schema/contract/app.ts';
import { Fault } from '../../../../schema/fault.ts';
import { resolve } from 'node:path';
import type { Command, CommandContext } from '../../command.ts';
import { type LayeredValue, layersOf } from '../../configuration/layers.ts';

function keyOf(text: string | undefined): keyof Settings {
  if (text !== undefined && Object.hasOwn(Settings.properties, text)) return text as keyof Settings;
  throw new Fault('invalid_setting', `Cannot find the setting "${text ?? ''}": there is none of that name`, {
    fix: `Settings: ${Object.keys(Settings.properties).join(', ')}`,
  });
}

/** `13`, `true` and `["a"]` are what they look like; anything else is a string. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What the options of commands are given by the environment, and by the project of this folder. */
function optionLayers(env: CommandContext['env'], commands: readonly Command[]): Record<string, LayeredValue> {
  const around = { env, folder: resolve('.'), commands };
  return Object.assign({}, ...commands.map((command) => layersOf(command, around))) as Record<string, LayeredValue>; // a union of those
}

const list = (all: () => readonly Command[]): Command => ({
  words: ['config', 'list'],
  usage: 'config list',
  about: area.members.settings.about,
  positionals: [0, 0],
  document:
    'the settings, with { sources: { key: default, user or environment }, options: { name: { value, source } } }',
  async run(context) {
    const client = await context.connect();
    const { settings, sources = {} } = await client.app.settings({});
    const options = optionLayers(context.env, all());
    const text = [
      ...Object.entries(settings).map(([key, value]) => line(key, value, sources[key])),
      ...Object.entries(options).map(([name, { value, source }]) => line(`--${name}`, value, source)),
    ].join('');
    return { document: { ...settings, sources, options }, text };
  },
});

function line(key: string, value: unknown, source: string = 'user'): string {
  return `${key} = ${JSON.stringify(value)}  (${source})\n`;
}

const get: Command = {
  words: ['config', 'get'],
  usage: 'config get KEY',
  about: 'Read one setting',
  positionals: [1, 1],
  takes: ['setting'],
  document: '{ key, value, source }',
  async run(context) {
    const key = keyOf(context.positionals[0]);
    const client = await context.connect();
    const { settings, sources = {} } = await client.app.settings({});
    return {
      document: { key, value: settings[key], source: sources[key] ?? 'user' },
      text: `${JSON.stringify(settings[key])}\n`,
    };
  },
};

const set: Command = {
  words: ['config', 'set'],
  usage: 'config set KEY VALUE',
  about: area.members.configure.about,
  positionals: [2, 2],
  takes: ['setting', 'text'],
  document: '{ key, value }',
  async run(context) {
    const key = keyOf(context.positionals[0]);
    const client = await context.connect();
    const settings = await client.app.configure({ change: { [key]: valueOf(context.positionals[1] ?? '') } });
    return { document: { key, value: settings[key] }, text: `${key} = ${JSON.stringify(settings[key])}\n` };
  },
};

export function configCommands(all: () => readonly Command[]): readonly Command[] {
  return [list(all), get, set];
}
