import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Fault } from '../../../schema/fault.ts';

export interface TemplateOptions {
  /** The folder of `@cavern/plugin-sdk`. */
  readonly sdk: string;
  /** The folder of the package `typebox`. */
  readonly typebox: string;
}

export interface NewPlugin {
  /** It is made; it must not exist or be empty. */
  readonly folder: string;
  readonly id: string;
  readonly publisher: string;
}

function isFree(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch {
    return true;
  }
}

function versionOf(folder: string): string {
  const { version }: { version?: unknown } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return String(version);
}

/** Writes a plugin that works, and links what it needs as `npm install` would. Gives its files. Throws `invalid_input`. */
export function writeTemplate({ folder, id, publisher }: NewPlugin, { sdk, typebox }: TemplateOptions): string[] {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(id)) {
    throw new Fault('invalid_input', `Cannot make a plugin "${id}": its name has other letters than a-z, 0-9 and -`);
  }
  if (!isFree(folder)) throw new Fault('invalid_input', `Cannot make a plugin in "${folder}": the folder is not empty`);
  const template = join(sdk, 'template');
  const words: Record<string, string> = { id, publisher, sdk, typebox: versionOf(typebox) };
  const files = readdirSync(template, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(template, join(entry.parentPath, entry.name)).replace(/\.txt$/, ''))
    .sort();
  for (const path of files) {
    const text = readFileSync(join(template, `${path}.txt`), 'utf8');
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(
      join(folder, path),
      text.replaceAll(/\{\{(\w+)\}\}/g, (_, word: string) => words[word] ?? ''),
    );
  }
  mkdirSync(join(folder, 'node_modules/@cavern'), { recursive: true });
  symlinkSync(sdk, join(folder, 'node_modules/@cavern/plugin-sdk'));
  symlinkSync(typebox, join(folder, 'node_modules/typebox'));
  return files;
}
