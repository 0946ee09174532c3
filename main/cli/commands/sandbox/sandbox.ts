import { sandbox as area } from '../../../../schema/contract/sandbox.ts';
import type { Command } from '../../command.ts';
import { sessionArgument } from './session.ts';

const pause: Command = {
  words: ['sandbox', 'pause'],
  usage: 'sandbox pause SESSION',
  about: area.members.pause.about,
  positionals: [1, 1],
  takes: ['session'],
  document: 'the sandbox, with pausedAt',
  async run(context) {
    const client = await context.connect();
    const document = await client.sandbox.pause({ session: sessionArgument(context.positionals[0]) });
    return { document, text: `paused ${document.session}\n` };
  },
};

const resume: Command = {
  words: ['sandbox', 'resume'],
  usage: 'sandbox resume SESSION',
  about: area.members.resume.about,
  positionals: [1, 1],
  takes: ['session'],
  document: 'the sandbox',
  async run(context) {
    const client = await context.connect();
    const document = await client.sandbox.resume({ session: sessionArgument(context.positionals[0]) });
    return { document, text: `running ${document.session}\n` };
  },
};

export const sandboxCommands: readonly Command[] = [pause, resume];
