import { resolve } from 'node:path';
import { type Command, type CommandContext, type ServeOptions, stringOf } from '../../command.ts';
import { value } from '../../option.ts';
import { usageFault } from '../../output/print.ts';

/** How options say what is served. */
export const SERVE_USAGE =
  '[--port N [--token-file FILE] [--host ADDRESS] [--tls-cert FILE --tls-key FILE [--tls-client-ca FILE]]]';
const USAGE = `serve ${SERVE_USAGE} [--log file|journal]`;
const PORT_LIMIT = 65_535;

/** What says how is served. */
export const SERVE_OPTIONS = {
  port: value('number', 'Serve HTTP on this port; 0 takes a free one'),
  'token-file': value('file', 'Write the token of a new admin key here, mode 0600'),
  host: value('text', 'Listen on this address in place of 127.0.0.1; another machine is served over TLS only'),
  'tls-cert': value('file', 'Serve over TLS with this certificate (PEM, with those between it and its authority)'),
  'tls-key': value('file', 'The private key of that certificate (PEM)'),
  'tls-client-ca': value('file', 'Let in only clients with a certificate of these authorities (PEM)'),
} as const;

/** Options that are about HTTP, which needs a port. */
const OF_HTTP = ['token-file', 'host', 'tls-cert', 'tls-key', 'tls-client-ca'] as const;

function portOptions(context: CommandContext, usage: string): Omit<ServeOptions, 'log'> {
  const port = stringOf(context, 'port');
  if (port === undefined) {
    const other = OF_HTTP.find((name) => stringOf(context, name) !== undefined);
    if (other === undefined) return {};
    throw usageFault(`Cannot serve: --${other} is for HTTP, which needs a port`, usage);
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) > PORT_LIMIT) {
    throw usageFault(`Cannot serve on port "${port}": it is a number from 0 to ${PORT_LIMIT}`, usage);
  }
  const [tokenFile, address] = [stringOf(context, 'token-file'), stringOf(context, 'host')];
  return {
    port: Number(port),
    ...(tokenFile === undefined ? {} : { tokenFile: resolve(tokenFile) }),
    ...(address === undefined ? {} : { address }),
    ...tlsOf(context, usage),
  };
}

function tlsOf(context: CommandContext, usage: string): Pick<ServeOptions, 'tls'> {
  const [certificate, privateKey, clients] = ['tls-cert', 'tls-key', 'tls-client-ca'].map((name) => {
    const file = stringOf(context, name);
    return file === undefined ? undefined : resolve(file);
  });
  if (certificate === undefined && privateKey === undefined && clients === undefined) return {};
  if (certificate === undefined || privateKey === undefined) {
    throw usageFault('Cannot serve over TLS: it takes both --tls-cert and --tls-key', usage);
  }
  return { tls: { certificate, privateKey, ...(clients === undefined ? {} : { clientAuthorities: clients }) } };
}

/** The same, as arguments of another `cavern serve`. */
export function serveArguments(context: CommandContext, usage: string): string[] {
  const { port, tokenFile, address, tls } = portOptions(context, usage);
  const given = {
    port: port === undefined ? undefined : String(port),
    'token-file': tokenFile,
    host: address,
    'tls-cert': tls?.certificate,
    'tls-key': tls?.privateKey,
    'tls-client-ca': tls?.clientAuthorities,
  };
  return Object.entries(given).flatMap(([name, text]) => (text === undefined ? [] : [`--${name}`, text]));
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
