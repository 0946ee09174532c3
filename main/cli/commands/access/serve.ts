import { resolve } from 'node:path';
import { type Command, type CommandContext, type ServeOptions, stringOf } from '../../command.ts';
import { value } from '../../option.ts';
import { usageFault } from '../../output/print.ts';

const USAGE = 'serve [--port N [--token-file FILE]] [--log file|journal]';
const PORT_LIMIT = 65_535;

/** What says how is served. */
export const SERVE_OPTIONS = {
  port: value('number', 'Serve HTTP on this port; 0 takes a free one'),
  'token-file': value('file', 'Write the token of a new admin key here, mode 0600'),
} as const;

function portOptions(context: CommandContext, usage: string): Pick<ServeOptions, 'port' | 'tokenFile'> {
  const port = stringOf(context, 'port');
  const tokenFile = stringOf(context, 'token-file');
  if (port === undefined) {
    if (tokenFile === undefined) return {};
    throw usageFault('Cannot serve: a token is for HTTP, which needs a port', usage);
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) > PORT_LIMIT) {
    throw usageFault(`Cannot serve on port "${port}": it is a number from 0 to ${PORT_LIMIT}`, usage);
  }
  return { port: Number(port), ...(tokenFile === undefined ? {} : { tokenFile: resolve(tokenFile) }) };
}

/** The same, as arguments of another `cavern serve`. */
export function serveArguments(context: CommandContext, usage: string): string[] {
  const { port, tokenFile } = portOptions(context, usage);
  return [
    ...(port === undefined ? [] : ['--port', String(port)]),
    ...(tokenFile === undefined ? [] : ['--token-file', tokenFile]),
  ];
}

function logOption(context: CommandContext): Pick<ServeOptions, 'log'> {
  const log = stringOf(context, 'log') ?? 'file';
  if (log === 'file' || log === 'journal') return { log };
  throw usageFault(`Cannot serve: "${log}" is no place for the log`, USAGE);
}

export const serve: Command = {
  words: ['serve'],
  usage: USAGE,
  about: 'Run the kernel without a window until it is stopped, with the HTTP gateway where a port is given',
  options: {
    ...SERVE_OPTIONS,
    log: value(
      ['file', 'journal'],
      'Where the log goes: logs/kernel.log of the home, or standard error for the journal',
    ),
  },
  positionals: [0, 0],
  document: 'first line { url, socket, pid }, then it serves until it is stopped; with a port HTTP too (docs/api.md)',
  async run(context) {
    const options = { ...portOptions(context, USAGE), ...logOption(context) };
    await context.serve(options, (address) => context.stdout.write(`${JSON.stringify(address)}\n`));
    return 0;
  },
};
