import { parseArgs } from 'node:util';
import { Fault } from '../../schema/fault.ts';
import type { Command, CommandContext } from './command.ts';
import { EVERYWHERE } from './option.ts';
import { usageFault } from './output/print.ts';

/** A command line, cut at its first `--`. */
export interface Line {
  readonly before: readonly string[];
  readonly rest: readonly string[];
}

export function splitAtDoubleDash(argv: readonly string[]): Line {
  const at = argv.indexOf('--');
  return at === -1 ? { before: argv, rest: [] } : { before: argv.slice(0, at), rest: argv.slice(at + 1) };
}

/** The words of a command may have `--home DIR` and `--json` before them. */
export function wordsOf(args: readonly string[]): string[] {
  const words: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? '';
    if (argument === '--home') index += 1;
    else if (!argument.startsWith('-')) words.push(argument);
  }
  return words;
}

/** The command whose words the line begins with; of several the longest. */
export function findCommand(commands: readonly Command[], words: readonly string[]): Command | undefined {
  return commands
    .filter((command) => command.words.every((word, index) => words[index] === word))
    .sort((a, b) => b.words.length - a.words.length)[0];
}

/** The commands that begin with these words and have more of them. */
export function commandsBelow(commands: readonly Command[], words: readonly string[]): Command[] {
  return commands.filter(
    (command) => command.words.length > words.length && words.every((word, index) => command.words[index] === word),
  );
}

export type Parsed = Pick<CommandContext, 'values' | 'positionals' | 'rest'>;

/** The options and arguments of a command, or the fault with its usage. */
export function parseLine(command: Command, line: Line): Parsed {
  const name = command.words.join(' ');
  let parsed: { values: CommandContext['values']; positionals: string[] };
  try {
    parsed = parseArgs({
      args: [...line.before],
      options: { ...EVERYWHERE, ...command.options },
      allowPositionals: true,
      strict: true,
    });
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Fault('usage', `Cannot read the arguments of "${name}"`, { why, fix: `Usage: cavern ${command.usage}` });
  }
  const positionals = parsed.positionals.slice(command.words.length);
  if (parsed.values['help'] === true) return { values: parsed.values, positionals, rest: line.rest };
  const [least, most] = command.positionals;
  if (positionals.length < least || positionals.length > most) {
    const state = positionals.length < least ? 'an argument is missing' : 'there are too many arguments';
    throw usageFault(`Cannot run "${name}": ${state}`, command.usage);
  }
  if (parsed.values['json'] === true && command.document === null) {
    throw usageFault(`Cannot run "${name}" with --json: it prints no document`, command.usage);
  }
  return { values: parsed.values, positionals, rest: line.rest };
}

/** Whether a line asks for the prompt: nothing but perhaps a home, from a terminal to a terminal. */
export function promptAsked(
  argv: readonly string[],
  screens: readonly { readonly isTTY?: boolean }[],
): { readonly home: string | undefined } | undefined {
  if (screens.some(({ isTTY }) => isTTY !== true)) return undefined;
  const [first = '', second, ...more] = argv;
  if (argv.length === 0) return { home: undefined };
  if (argv.length === 1 && first.startsWith('--home=')) return { home: first.slice('--home='.length) };
  return first === '--home' && second !== undefined && more.length === 0 ? { home: second } : undefined;
}
