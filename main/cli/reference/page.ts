import { commands } from '../commands.ts';
import { EXIT_CODES } from '../exit-code.ts';
import { EVERYWHERE } from '../option.ts';
import { optionRows } from './options.ts';
import { ENVIRONMENT, FILES } from './surroundings.ts';
import { commandTable, definitionTable, withParts } from './tables.ts';

/** docs/cli.md with its lists as the command table has them. */
export function commandsPage(page: string): string {
  return withParts(page, {
    commands: commandTable(commands),
    everywhere: definitionTable('option', optionRows(EVERYWHERE)),
    codes: definitionTable(
      'exit code',
      EXIT_CODES.map(([code, about]) => [String(code), about]),
    ),
    environment: definitionTable('variable', ENVIRONMENT),
    files: definitionTable('file', FILES),
  });
}
