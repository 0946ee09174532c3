import type { Command } from '../command.ts';
import { EXIT_CODES } from '../exit-code.ts';
import { EVERYWHERE, type Options } from '../option.ts';
import { optionRows } from './options.ts';

/** Text of a manual in roff (man(7)): nothing in it is read as a request or an escape. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('…', '...')
    .replaceAll('’', '\\(cq')
    .replaceAll('→', '\\->')
    .replaceAll(/^[.']/gm, '\\&$&')
    .replaceAll('"', '\\(dq');
}

/** A sentence ends its line, as roff wants it. */
function sentence(text: string): string {
  return `${roff(text)}.\n`;
}

function definitions(rows: readonly (readonly [term: string, about: string])[]): string {
  return rows.map(([term, about]) => `.TP\n.B ${roff(term)}\n${sentence(about)}`).join('');
}

function section(title: string, body: string): string {
  return `.SH ${title}\n${body}`;
}

function options(of: Options): string {
  return definitions(optionRows(of));
}

function entry({ words, usage, about, options: own = {}, document }: Command): string {
  const prints = document === null ? '' : `.PP\n.B \\-\\-json\nprints ${roff(document)}.\n`;
  return `.SS ${roff(words.join(' '))}\n.B cavern ${roff(usage)}\n.PP\n${sentence(about)}${options(own)}${prints}`;
}

export interface ManPage {
  readonly commands: readonly Command[];
  readonly version: string;
  /** ISO 8601, to the day. */
  readonly date: string;
  readonly environment: readonly (readonly [name: string, about: string])[];
  readonly files: readonly (readonly [path: string, about: string])[];
}

/** The page `cavern.1`, of the command table. */
export function manPage({ commands, version, date, environment, files }: ManPage): string {
  const listed = commands.filter(({ hidden }) => !hidden);
  return [
    `.TH CAVERN 1 ${date} ${JSON.stringify(`Cavern ${version}`)} "User Commands"\n`,
    section('NAME', 'cavern \\- tools, terminals and agents in sandboxes, decided by a policy\n'),
    section('SYNOPSIS', '.B cavern\n.I COMMAND\n[\n.I OPTIONS\n]\n.br\n.B cavern\n'),
    section(
      'DESCRIPTION',
      'It talks to the kernel that owns the home, or runs one of its own for as long as the command takes.\nWithout a command, at a terminal, it is a prompt for all of them.\nErrors have three lines: what happened, why, and what to do.\n',
    ),
    section('OPTIONS', options(EVERYWHERE)),
    section('COMMANDS', listed.map(entry).join('')),
    section(
      'EXIT STATUS',
      `${definitions(EXIT_CODES.map(([code, about]) => [String(code), about]))}.PP\n.B run\nand\n.B shell\npass the code of their command through.\n`,
    ),
    section('ENVIRONMENT', definitions(environment)),
    section('FILES', definitions(files)),
  ].join('');
}
