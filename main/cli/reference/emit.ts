import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { commands } from '../commands.ts';
import { COMPLETION_SCRIPTS } from '../completion/scripts.ts';
import { manPage } from './man-page.ts';
import { commandsPage } from './page.ts';
import { ENVIRONMENT, FILES } from './surroundings.ts';

/**
 * `node main/cli/reference/emit.ts FOLDER`: writes what the command table is for systems and shells: the manual and the
 * completions. `--page` brings the lists of docs/cli.md up to date.
 */
const repository = resolve(import.meta.dirname, '../../..');
const [target = ''] = process.argv.slice(2);

if (target === '--page') {
  const page = join(repository, 'docs', 'cli.md');
  writeFileSync(page, commandsPage(readFileSync(page, 'utf8')));
} else {
  const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { version: string };
  mkdirSync(target, { recursive: true });
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(join(target, 'cavern.1'), manPage({ commands, version, date, environment: ENVIRONMENT, files: FILES }));
  writeFileSync(join(target, 'cavern.bash'), COMPLETION_SCRIPTS.bash);
  writeFileSync(join(target, '_cavern'), COMPLETION_SCRIPTS.zsh);
  writeFileSync(join(target, 'cavern.fish'), COMPLETION_SCRIPTS.fish);
}
