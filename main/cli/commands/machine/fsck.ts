import { app as area } from '../../../../schema/contract/app.ts';
import type { Command } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';

export const fsck: Command = {
  words: ['fsck'],
  usage: 'fsck',
  about: area.members.fsck.about,
  positionals: [0, 0],
  document:
    '{ ok, contents, references, unreferenced, recovered, packs, packed, problems: [{ content, problem, owners }] }; exit code 1 on a problem',
  async run(context) {
    const client = await context.connect();
    const document = await client.app.fsck({}, { signal: context.signal });
    const { contents, references, recovered, packs, packed, problems } = document;
    const lines = problems.map(
      ({ content, problem, owners }) => `✗ ${content}: ${problem} (of ${owners.join(', ') || 'nobody'})\n`,
    );
    const summary = `${contents} contents with ${references} references, ${packed} small ones in ${packs} packs\n`;
    const kept =
      recovered === 0
        ? ''
        : `${recovered} are kept since the database was repaired: until the sessions of that time are gone, and for 30 days\n`;
    const text = document.ok ? `✓ ${summary}${kept}` : `${lines.join('')}${summary}${kept}`;
    return { document, text, exitCode: document.ok ? EXIT.ok : EXIT.failed };
  },
};
