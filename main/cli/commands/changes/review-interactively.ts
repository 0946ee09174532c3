import { Fault } from '../../../../schema/fault.ts';
import type { Command, CommandContext } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { styleOf } from '../../output/style.ts';
import { readLine } from '../../prompt/read-line.ts';
import { reviewInTerminal } from '../../review/terminal-review.ts';
import { sessionArgument } from '../sandbox/session.ts';
import { reportText } from './changes.ts';

/** Answers from the terminal; Ctrl-C and Ctrl-D leave. */
function asker(context: CommandContext): (question: string) => Promise<string | null> {
  return async (question) => {
    const { stdout: output, signal } = context;
    return (await readLine({ input: process.stdin, output, prompt: question, signal })) ?? null;
  };
}

export const reviewInteractively: Command = {
  words: ['changes', 'review'],
  usage: 'changes review SESSION',
  about: 'Go through the changes at the terminal: see each, accept or leave files and hunks, then merge',
  positionals: [1, 1],
  takes: ['session'],
  document: null,
  async run(context) {
    if (!context.stdout.isTTY || !process.stdin.isTTY) {
      throw new Fault('usage', 'Cannot review: this is no terminal', {
        fix: 'Use cavern changes hunks, accept, reject and merge --reviewed in scripts.',
      });
    }
    const { stdout, signal } = context;
    const session = sessionArgument(context.positionals[0]);
    const client = await context.connect();
    const ask = asker(context);
    const write = (text: string): void => void stdout.write(text);
    const { accepted, rejected, undecided } = await reviewInTerminal({
      client,
      session,
      style: styleOf(stdout, context.env),
      write,
      ask,
    });
    write(`\n${accepted.length} accepted, ${rejected.length} left, ${undecided.length} not decided\n`);
    if (accepted.length === 0) return EXIT.ok;
    const answer = await ask('Merge what you accepted now? [y,N] ');
    if (answer?.trim().toLowerCase() !== 'y') {
      write(`later: cavern changes merge ${session} --reviewed\n`);
      return EXIT.ok;
    }
    // The person has just looked at it and said so.
    const report = await client.merge.apply({ session, reviewed: true }, { signal, review: 'approve' });
    write(reportText(report));
    return report.conflicts.length > 0 || report.refused.length > 0 ? EXIT.failed : EXIT.ok;
  },
};
