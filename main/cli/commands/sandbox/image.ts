import { type ImageList, type ImageState, image as area } from '../../../../schema/contract/image.ts';
import type { Command } from '../../command.ts';
import { table } from '../../output/print.ts';

const MEGABYTE = 1e6;

const list: Command = {
  words: ['image', 'list'],
  usage: 'image list',
  about: area.members.list.about,
  positionals: [0, 0],
  document:
    '{ images: [{ name, source, profiles, state, sizeBytes, detail, share, failure }] }; state is ready, missing, working or failed',
  async run(context) {
    const client = await context.connect();
    const document = await client.image.list({});
    return { document, text: table(document.images.map(row)) };
  },
};

const prepare: Command = {
  words: ['image', 'prepare'],
  usage: 'image prepare [IMAGE...]',
  about: area.members.prepare.about,
  positionals: [0, Number.POSITIVE_INFINITY],
  takes: ['image'],
  document: 'the same list, when all that were missing have been pulled or built',
  async run(context) {
    const client = await context.connect();
    const { positionals, signal, stderr } = context;
    const input = positionals.length > 0 ? { images: [...positionals] } : {};
    const told = new Map<string, string>();
    let document: ImageList = { images: [] };
    for await (const event of client.image.prepare(input, { signal })) {
      document = event;
      for (const image of event.images.filter(({ state }) => state === 'working')) {
        const line = progressLine(image);
        if (told.get(image.name) !== line) stderr.write(`${line}\n`);
        told.set(image.name, line);
      }
    }
    return { document, text: table(document.images.map(row)) };
  },
};

function row({ name, state, sizeBytes, profiles, failure }: ImageState): string[] {
  const size = sizeBytes === undefined ? '' : `${(sizeBytes / MEGABYTE).toFixed(0)} MB`;
  return [name, failure ? `${state}: ${failure.why ?? failure.message}` : state, size, profiles.join(', ')];
}

function progressLine({ name, detail = '', share }: ImageState): string {
  return [name, ...(share === undefined ? [] : [`${Math.floor(share * 100)} %`]), detail].join('  ');
}

export const imageCommands: readonly Command[] = [list, prepare];
