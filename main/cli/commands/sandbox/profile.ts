import { sandbox as area } from '../../../../schema/contract/sandbox.ts';
import { Fault } from '../../../../schema/fault.ts';
import type { Command } from '../../command.ts';
import { table } from '../../output/print.ts';

const list: Command = {
  words: ['profile', 'list'],
  usage: 'profile list',
  about: area.members.profiles.about,
  positionals: [0, 0],
  document: '{ profiles: [{ name, about, image, network, memoryBytes, cpus, … }], problems: [{ file, message }] }',
  async run(context) {
    const client = await context.connect();
    const document = await client.sandbox.profiles({});
    const leftOut = document.problems.map(({ file, message }) => `left out: ${file}: ${message}`);
    return {
      document,
      text: [table(document.profiles.map(({ name, about }) => [name, about])), ...leftOut].join('\n'),
    };
  },
};

const show: Command = {
  words: ['profile', 'show'],
  usage: 'profile show NAME',
  about: 'Show what a profile allows',
  positionals: [1, 1],
  takes: ['profile'],
  document: 'one profile',
  async run(context) {
    const client = await context.connect();
    const { profiles } = await client.sandbox.profiles({});
    const [name = ''] = context.positionals;
    const document = profiles.find((profile) => profile.name === name);
    if (document === undefined) {
      throw new Fault('profile_unknown', `Cannot show the profile "${name}": there is none of that name`, {
        fix: `Profiles: ${profiles.map((profile) => profile.name).join(', ')}`,
      });
    }
    return { document, text: table(Object.entries(document).map(([key, value]) => [key, String(value ?? 'none')])) };
  },
};

export const profileCommands: readonly Command[] = [list, show];
