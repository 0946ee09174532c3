import { parseArgs } from 'node:util';
import { Fault, toFault } from '../../schema/fault.ts';
import {
  type AgentGrant,
  type Command,
  type CommandContext,
  type KernelConnection,
  type Offline,
  type ServeAddress,
  type ServeOptions,
} from './command.ts';
import { commands } from './commands.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import { commandHelp, overview } from './help.ts';
import { errorDocument, errorText, usageFault } from './print.ts';

export interface ConnectOptions {
  readonly signal: AbortSignal;
  /** Of the kernel that is started where none runs. */
  readonly purpose: NonNullable<Command['purpose']>;
}

export interface CliHost {
  readonly argv: readonly string[];
  readonly signal: AbortSignal;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly version: string;
  readonly offline: Offline;
  /** `home` is what `--home` says. */
  connect(home: string | undefined, options: ConnectOptions): Promise<KernelConnection>;
  serve(
    options: ServeOptions & { readonly home: string | undefined; readonly signal: AbortSignal },
    ready: (address: ServeAddress) => void,
  ): Promise<void>;
  serveAgent(home: string | undefined, signal: AbortSignal, grant: AgentGrant): Promise<void>;
  readonly program: readonly [string, ...string[]];
}

const GLOBAL = {
  json: { type: 'boolean' },
  home: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

interface Line {
  readonly before: readonly string[];
  readonly rest: readonly string[];
}

function splitAtDoubleDash(argv: readonly string[]): Line {
  const at = argv.indexOf('--');
  return at === -1 ? { before: argv, rest: [] } : { before: argv.slice(0, at), rest: argv.slice(at + 1) };
}

/** The words of a command may have `--home DIR` and `--json` before them. */
function wordsOf(args: readonly string[]): string[] {
  const words: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? '';
    if (argument === '--home') index += 1;
    else if (!argument.startsWith('-')) words.push(argument);
  }
  return words;
}

function findCommand(words: readonly string[]): Command | undefined {
  return commands
    .filter((command) => command.words.every((word, index) => words[index] === word))
    .sort((a, b) => b.words.length - a.words.length)[0];
}

function parse(command: Command, line: Line): Pick<CommandContext, 'values' | 'positionals' | 'rest'> {
  let parsed: { values: CommandContext['values']; positionals: string[] };
  try {
    parsed = parseArgs({
      args: [...line.before],
      options: { ...GLOBAL, ...command.options },
      allowPositionals: true,
      strict: true,
    });
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Fault('usage', `Cannot read the arguments of "${command.words.join(' ')}"`, {
      why,
      fix: `Usage: cavern ${command.usage}`,
    });
  }
  const positionals = parsed.positionals.slice(command.words.length);
  const [least, most] = command.positionals;
  if (parsed.values['help'] !== true && (positionals.length < least || positionals.length > most)) {
    const state = positionals.length < least ? 'an argument is missing' : 'there are too many arguments';
    throw usageFault(`Cannot run "${command.words.join(' ')}": ${state}`, command.usage);
  }
  return { values: parsed.values, positionals, rest: line.rest };
}

async function runCommand(host: CliHost, line: Line): Promise<number> {
  const words = wordsOf(line.before);
  const command = findCommand(words);
  const json = line.before.includes('--json');
  if (command === undefined) {
    if (words.length > 0)
      throw usageFault(
        `Cannot run "${words.slice(0, 2).join(' ')}": there is no such command`,
        'COMMAND …, see cavern --help',
      );
    host.stdout.write(line.before.includes('--version') ? `${host.version}\n` : overview(commands));
    return EXIT.ok;
  }
  const parsed = parse(command, line);
  if (parsed.values['help'] === true) {
    host.stdout.write(commandHelp(command));
    return EXIT.ok;
  }
  const home = typeof parsed.values['home'] === 'string' ? parsed.values['home'] : undefined;
  const { signal, stdout, stderr, offline } = host;
  const { purpose = 'work' } = command;
  let connection: KernelConnection | undefined;
  const context: CommandContext = {
    ...parsed,
    json,
    signal,
    stdout,
    stderr,
    offline,
    connect: async () => (connection ??= await host.connect(home, { signal, purpose })).client,
    serve: (options, ready) => host.serve({ ...options, home, signal }, ready),
    serveAgent: (grant) => host.serveAgent(home, signal, grant),
    program: host.program,
  };
  const result = await command.run(context).finally(() => connection?.[Symbol.asyncDispose]());
  if (typeof result === 'number') return result;
  await writeAll(stdout, json ? `${JSON.stringify(result.document)}\n` : result.text);
  return result.exitCode ?? EXIT.ok;
}

function writeAll(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => stream.write(text, () => resolve()));
}

/** Runs one command line and gives the exit code. A failure is printed, never thrown. */
export async function main(host: CliHost): Promise<number> {
  const line = splitAtDoubleDash(host.argv);
  try {
    return await runCommand(host, line);
  } catch (thrown) {
    const fault = host.signal.aborted ? new Fault('cancelled', 'Interrupted', { cause: thrown }) : toFault(thrown);
    if (line.before.includes('--json')) await writeAll(host.stdout, `${JSON.stringify(errorDocument(fault))}\n`);
    host.stderr.write(errorText(fault));
    return exitCodeOf(fault);
  }
}
