import type { Command } from '../../command.ts';
import { knownTo } from '../../completion/known.ts';
import { offersAt } from '../../completion/offers.ts';
import { COMPLETION_SCRIPTS, SHELLS } from '../../completion/scripts.ts';
import { usageFault } from '../../output/print.ts';

const script: Command = {
  words: ['completion'],
  usage: `completion ${SHELLS.join('|')}`,
  about: 'Print what makes a shell complete commands, options, sessions and the rest',
  positionals: [1, 1],
  takes: [SHELLS],
  document: '{ shell, script }',
  async run({ positionals: [name] }) {
    const shell = SHELLS.find((each) => each === name);
    if (shell === undefined) {
      throw usageFault(`Cannot complete in "${name ?? ''}": it is none of ${SHELLS.join(', ')}`, script.usage);
    }
    const text = COMPLETION_SCRIPTS[shell];
    return { document: { shell, script: text }, text };
  },
};

/** The home that a line names which is being written. */
function homeIn(words: readonly string[]): string | undefined {
  const at = words.indexOf('--home');
  return at === -1 ? words.find((word) => word.startsWith('--home='))?.slice('--home='.length) : words[at + 1];
}

/** What the scripts ask. `all` are the commands that it completes. */
function complete(all: () => readonly Command[]): Command {
  return {
    words: ['complete'],
    usage: 'complete -- WORD… CURRENT',
    about: 'Print what may stand where the cursor is',
    hidden: true,
    purpose: 'read',
    positionals: [0, 0],
    document: '{ offers: [{ value, about }], also? }',
    async run(context) {
      const before = context.rest.slice(0, -1);
      const known = knownTo(() => context.connect(homeIn(before)));
      const document = await offersAt(all(), { before, current: context.rest.at(-1) ?? '' }, known);
      const lines = document.offers.map(({ value, about }) => `${value}\t${about.split('\n')[0] ?? ''}\n`);
      return { document, text: [...lines, ...(document.also === undefined ? [] : [`:${document.also}\n`])].join('') };
    },
  };
}

export function completionCommands(all: () => readonly Command[]): readonly Command[] {
  return [script, complete(all)];
}
