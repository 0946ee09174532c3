import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Fault } from '../../../schema/fault.ts';
import { reservedIdProblem } from '../../kernel/plugins/reserved-id.ts';

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
  /** `node` runs in a sandbox, `wasm` without one. */
  readonly template: PluginTemplate;
}

export type PluginTemplate = 'node' | 'wasm';

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

/** Texts end in `.txt`, so that nothing here takes them for its own sources; they name what is theirs in `{{…}}`. */
function writeFiles(template: string, folder: string, words: Readonly<Record<string, string>>): string[] {
  const entries = readdirSync(template, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const sources = entries.map((entry) => relative(template, join(entry.parentPath, entry.name)));
  for (const source of sources) {
    const path = join(folder, source.replace(/\.txt$/, ''));
    mkdirSync(dirname(path), { recursive: true });
    if (!source.endsWith('.txt')) {
      copyFileSync(join(template, source), path);
      continue;
    }
    const text = readFileSync(join(template, source), 'utf8');
    writeFileSync(
      path,
      text.replaceAll(/\{\{(\w+)\}\}/g, (_, word: string) => words[word] ?? ''),
    );
  }
  return sources.map((source) => source.replace(/\.txt$/, '')).sort();
}

/** Writes a plugin that works, and links what it needs as `npm install` would. Gives its files. Throws `invalid_input`. */
export function writeTemplate(plugin: NewPlugin, { sdk, typebox }: TemplateOptions): string[] {
  const { folder, id, publisher, template } = plugin;
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(id)) {
    throw new Fault('invalid_input', `Cannot make a plugin "${id}": its name has other letters than a-z, 0-9 and -`);
  }
  const reserved = reservedIdProblem(id);
  if (reserved) {
    throw new Fault('invalid_input', `Cannot make a plugin "${id}": the name is reserved`, {
      why: reserved.message,
      fix: 'Give the folder another name: the plugin is named after it.',
    });
  }
  if (!isFree(folder)) throw new Fault('invalid_input', `Cannot make a plugin in "${folder}": the folder is not empty`);
  const words = { id, publisher, sdk, typebox: versionOf(typebox) };
  const files = writeFiles(join(sdk, 'templates', template), folder, words);
  mkdirSync(join(folder, 'node_modules/@cavern'), { recursive: true });
  symlinkSync(sdk, join(folder, 'node_modules/@cavern/plugin-sdk'));
  symlinkSync(typebox, join(folder, 'node_modules/typebox'));
  return files;
}
