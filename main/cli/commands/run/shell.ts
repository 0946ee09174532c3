import { resolve } from 'node:path';
import type { Areas } from '../../../../schema/contract/areas.ts';
import type { Client } from '../../../../schema/contract/contract.ts';
import type { TerminalId } from '../../../../schema/entities.ts';
import { Fault } from '../../../../schema/fault.ts';
import { type Command, type CommandContext, stringOf } from '../../command.ts';
import { sessionArgument } from '../sandbox/session.ts';
import { value } from '../../option.ts';

/** Hands the person's terminal to the one in the sandbox: raw keys in, text out, sizes followed. */
async function attach(client: Client<Areas>, terminal: TerminalId, context: CommandContext): Promise<number> {
  const { stdin } = process;
  const type = (chunk: Buffer): void => void client.terminal.write({ terminal, text: chunk.toString('utf8') });
  const resize = (): void => {
    void client.terminal.resize({ terminal, cols: context.stdout.columns, rows: context.stdout.rows });
  };
  stdin.setRawMode(true);
  stdin.on('data', type);
  context.stdout.on('resize', resize);
  try {
    for await (const event of client.terminal.attach({ terminal }, { signal: context.signal })) {
      if (event.type === 'exit') return event.exitCode;
      if (event.type === 'text' || event.type === 'snapshot') context.stdout.write(event.text);
    }
    return 0;
  } finally {
    stdin.off('data', type);
    context.stdout.off('resize', resize);
    stdin.setRawMode(false);
    stdin.pause();
  }
}

export const shell: Command = {
  words: ['shell'],
  usage: 'shell [DIR] [--session S] [-- CMD…]',
  about: 'Open a terminal in a sandbox: of a session, or of a new one on DIR',
  options: { session: value('session', 'Use the sandbox of this session') },
  positionals: [0, 1],
  takes: ['folder'],
  document: null,
  async run(context) {
    if (!context.stdout.isTTY || !process.stdin.isTTY) {
      throw new Fault('usage', 'Cannot open a shell: this is no terminal', {
        fix: 'Use `cavern run DIR -- CMD…` in scripts.',
      });
    }
    const client = await context.connect();
    const named = stringOf(context, 'session');
    const workspace = resolve(context.positionals[0] ?? '.');
    const session =
      named === undefined
        ? (await client.session.create({ workspace }, { signal: context.signal })).id
        : sessionArgument(named);
    const size = { cols: context.stdout.columns, rows: context.stdout.rows };
    const argv = context.rest.length === 0 ? {} : { argv: [...context.rest] };
    const terminal = await client.terminal.open({ session, ...size, ...argv });
    return attach(client, terminal.id, context);
  },
};
