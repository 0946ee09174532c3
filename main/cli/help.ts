import type { Command } from './command.ts';
import { table } from './print.ts';

const EVERYWHERE = `
Everywhere:
  --json       one JSON document on standard output, everything else on standard error
  --home DIR   keep all state in DIR (or CAVERN_HOME)
  --help       this text, or that of one command

Exit codes: 0 done, 1 failed, 2 usage, 3 denied, 4 needs review, 5 engine unavailable, 130 interrupted.
`;

/** The help of the whole program. */
export function overview(commands: readonly Command[]): string {
  const rows = commands.map((command) => [`  ${command.words.join(' ')}`, command.about]);
  return `Usage: cavern COMMAND …\n\n${table(rows)}${EVERYWHERE}`;
}

/** The help of one command. */
export function commandHelp(command: Command): string {
  return `Usage: cavern ${command.usage}\n\n${command.about}.\n${EVERYWHERE}`;
}
