import type { Command } from '../command.ts';
import { EXIT_CODES } from '../exit-code.ts';
import { EVERYWHERE, type Options } from '../option.ts';
import { table } from '../output/print.ts';
import { optionRows } from './options.ts';

function optionList(title: string, options: Options): string {
  const rows = optionRows(options).map(([label, about]) => [`  ${label}`, about]);
  return rows.length === 0 ? '' : `\n${title}:\n${table(rows)}`;
}

function everywhere(): string {
  const codes = EXIT_CODES.map(([code, about]) => `${code} ${about}`).join(', ');
  return `${optionList('Everywhere', EVERYWHERE)}\nExit codes: ${codes}.\n`;
}

function commandRows(commands: readonly Command[]): string[][] {
  return commands.filter(({ hidden }) => !hidden).map(({ words, about }) => [`  ${words.join(' ')}`, about]);
}

/** The help of the whole program. */
export function overview(commands: readonly Command[]): string {
  const how = 'Usage: cavern COMMAND …\n       cavern             at a terminal: a prompt for these commands';
  return `${how}\n\n${table(commandRows(commands))}${everywhere()}`;
}

/** The help of the commands that begin with the same words. */
export function groupHelp(words: readonly string[], commands: readonly Command[]): string {
  return `Usage: cavern ${words.join(' ')} COMMAND …\n\n${table(commandRows(commands))}${everywhere()}`;
}

/** The help of one command. */
export function commandHelp(command: Command): string {
  const document = command.document === null ? '' : `\n--json prints ${command.document}\n`;
  const options = optionList('Options', command.options ?? {});
  return `Usage: cavern ${command.usage}\n\n${command.about}.\n${options}${document}${everywhere()}`;
}
