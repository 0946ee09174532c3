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
import { withLayers } from './configuration/layers.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import { commandsBelow, findCommand, type Line, parseLine, splitAtDoubleDash, wordsOf } from './line.ts';
import { printable } from './output/printable.ts';
import { errorDocument, errorText, usageFault } from './output/print.ts';
import { type Progress, progressOn } from './output/progress.ts';
import { styleOf } from './output/style.ts';
import { commandHelp, groupHelp, overview } from './reference/help.ts';

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
  readonly env: CommandContext['env'];
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

/** What a line without a command asks for: the version, help, or nothing that there is. */
function answerWithoutCommand(host: CliHost, line: Line, words: readonly string[]): number {
  const below = commandsBelow(commands, words);
  if (words.length === 0) {
    host.stdout.write(line.before.includes('--version') ? `${host.version}\n` : overview(commands));
    return EXIT.ok;
  }
  const name = words.slice(0, 2).join(' ');
  if (below.length === 0) {
    throw usageFault(`Cannot run "${name}": there is no such command`, 'COMMAND …, see cavern --help');
  }
  if (line.before.some((word) => word === '--help' || word === '-h')) {
    host.stdout.write(groupHelp(words, below));
    return EXIT.ok;
  }
  const next = [...new Set(below.map((command) => command.words[words.length]))].join(', ');
  throw usageFault(`Cannot run "${name}": it goes on with one of ${next}`, `${name} COMMAND …`);
}

/** `help` in front of words asks for what `--help` behind them does. */
function withoutHelpWord(line: Line): Line {
  const { before, rest } = line;
  return before[0] === 'help' ? { before: [...before.slice(1), '--help'], rest } : line;
}

async function runCommand(host: CliHost, given: Line, progress: Progress): Promise<number> {
  const line = withoutHelpWord(given);
  const words = wordsOf(line.before);
  const command = findCommand(commands, words);
  if (command === undefined) return answerWithoutCommand(host, line, words);
  const written = parseLine(command, line);
  if (written.values['help'] === true) {
    host.stdout.write(commandHelp(command));
    return EXIT.ok;
  }
  const parsed = withLayers(command, written, { env: host.env, commands });
  const json = parsed.values['json'] === true;
  const home = typeof parsed.values['home'] === 'string' ? parsed.values['home'] : undefined;
  const { signal, stdout, stderr, env, version, offline, program } = host;
  const { purpose = 'work' } = command;
  let connection: KernelConnection | undefined;
  const context: CommandContext = {
    ...parsed,
    json,
    signal,
    stdout,
    stderr,
    env,
    version,
    progress,
    offline,
    connect: async (other = home) => (connection ??= await host.connect(other, { signal, purpose })).client,
    serve: (options, ready) => host.serve({ ...options, home, signal }, ready),
    serveAgent: (grant) => host.serveAgent(home, signal, grant),
    program,
  };
  const result = await command.run(context).finally(() => connection?.[Symbol.asyncDispose]());
  progress.clear();
  if (typeof result === 'number') return result;
  // Names and texts of a sandbox are among it.
  const text = stdout.isTTY ? printable(result.text) : result.text;
  await writeAll(stdout, json ? `${JSON.stringify(result.document)}\n` : text);
  return result.exitCode ?? EXIT.ok;
}

function writeAll(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => stream.write(text, () => resolve()));
}

/** Runs one command line and gives the exit code. A failure is printed, never thrown. */
export async function main(host: CliHost): Promise<number> {
  const line = splitAtDoubleDash(host.argv);
  const progress = progressOn(host.stderr);
  try {
    return await runCommand(host, line, progress);
  } catch (thrown) {
    progress.clear();
    const fault = host.signal.aborted ? new Fault('cancelled', 'Interrupted', { cause: thrown }) : toFault(thrown);
    if (line.before.includes('--json')) await writeAll(host.stdout, `${JSON.stringify(errorDocument(fault))}\n`);
    host.stderr.write(errorText(fault, styleOf(host.stderr, host.env)));
    return exitCodeOf(fault);
  }
}
