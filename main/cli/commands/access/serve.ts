import { resolve } from 'node:path';
import { type Command, type CommandContext, type ServeOptions, stringOf } from '../../command.ts';
import { usageFault } from '../../output/print.ts';
import { value } from '../../option.ts';

const USAGE = 'serve [--port N [--token-file FILE]]';
const PORT_LIMIT = 65_535;

function optionsOf(context: CommandContext): ServeOptions {
  const port = stringOf(context, 'port');
  const tokenFile = stringOf(context, 'token-file');
  if (port === undefined) {
    if (tokenFile === undefined) return {};
    throw usageFault('Cannot serve: a token is for HTTP, which needs a port', USAGE);
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) > PORT_LIMIT) {
    throw usageFault(`Cannot serve on port "${port}": it is a number from 0 to ${PORT_LIMIT}`, USAGE);
  }
  return { port: Number(port), ...(tokenFile === undefined ? {} : { tokenFile: resolve(tokenFile) }) };
}

export const serve: Command = {
  words: ['serve'],
  usage: USAGE,
  about: 'Run the kernel without a window until it is stopped, with the HTTP gateway where a port is given',
  options: {
    port: value('number', 'Serve HTTP on this port; 0 takes a free one'),
    'token-file': value('file', 'Write the token of a new admin key here, mode 0600'),
  },
  positionals: [0, 0],
  document: 'first line { url, socket, pid }, then it serves until it is stopped; with a port HTTP too (docs/api.md)',
  async run(context) {
    await context.serve(optionsOf(context), (address) => context.stdout.write(`${JSON.stringify(address)}\n`));
    return 0;
  },
};
