import { sandbox as area } from '../../../../schema/contract/sandbox.ts';
import { type Command, isSet } from '../../command.ts';
import { table } from '../../output/print.ts';
import { flag } from '../../option.ts';

const MEBIBYTE = 1024 ** 2;

export const prune: Command = {
  words: ['prune'],
  usage: 'prune [--dry-run | --yes] [--caches]',
  about: `${area.members.prune.about}: without --yes it only shows`,
  options: {
    yes: flag('Remove it'),
    'dry-run': flag('Only show, also with --yes'),
    caches: flag('Package caches that no sandbox uses too'),
  },
  positionals: [0, 0],
  document: '{ removed: [{ kind, name, sizeBytes, about? }], freedBytes, dryRun }',
  async run(context) {
    const dryRun = !isSet(context, 'yes') || isSet(context, 'dry-run');
    const caches = isSet(context, 'caches') ? { caches: true } : {};
    const client = await context.connect();
    const { removed, freedBytes } = await client.sandbox.prune({ dryRun, ...caches }, { signal: context.signal });
    const rows = removed.map(({ kind, name, sizeBytes, about = '' }) => [
      kind,
      name,
      `${(sizeBytes / MEBIBYTE).toFixed(1)} MiB`,
      about,
    ]);
    const total = `${(freedBytes / MEBIBYTE).toFixed(1)} MiB`;
    const end = dryRun
      ? `would free ${total}; to remove them: cavern prune --yes\n`
      : `removed ${removed.length}, freed ${total}\n`;
    return {
      document: { removed, freedBytes, dryRun },
      text: rows.length === 0 ? 'nothing to remove\n' : `${table(rows)}${end}`,
    };
  },
};
