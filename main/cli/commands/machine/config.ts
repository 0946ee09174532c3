import { Settings, app as area } from '../../../../schema/contract/app.ts';
import { Fault } from '../../../../schema/fault.ts';
import type { Command } from '../../command.ts';

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

const list: Command = {
  words: ['config', 'list'],
  usage: 'config list',
  about: area.members.settings.about,
  positionals: [0, 0],
  document: 'the settings',
  async run(context) {
    const client = await context.connect();
    const { settings } = await client.app.settings({});
    return {
      document: settings,
      text: Object.entries(settings)
        .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
        .join(''),
    };
  },
};

const get: Command = {
  words: ['config', 'get'],
  usage: 'config get KEY',
  about: 'Read one setting',
  positionals: [1, 1],
  takes: ['setting'],
  document: '{ key, value }',
  async run(context) {
    const key = keyOf(context.positionals[0]);
    const client = await context.connect();
    const { settings } = await client.app.settings({});
    return { document: { key, value: settings[key] }, text: `${JSON.stringify(settings[key])}\n` };
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

export const configCommands: readonly Command[] = [list, get, set];
