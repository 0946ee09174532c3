import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Fault } from '../../../schema/fault.ts';
import { reservedIdProblem } from '../../kernel/plugins/reserved-id.ts';
import type { AuthorKit } from './author-kit.ts';

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
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
  }
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

/** Writes a plugin that works, with the packages that it needs. Gives its files. Throws `invalid_input`. */
export async function writeTemplate(plugin: NewPlugin, kit: AuthorKit): Promise<string[]> {
  const { folder, id, publisher, template } = plugin;
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(id)) {
    throw new Fault('invalid_input', `Cannot make a plugin "${id}": its name is not one that a plugin can have`, {
      why: 'the name of the folder is the first part of each tool’s name: a small letter first, then a-z, 0-9 and -, 63 at most',
      fix: `Choose another folder, as ${join(dirname(folder), suggestedId(id))}`,
    });
  }
  const reserved = reservedIdProblem(id);
  if (reserved) {
    throw new Fault('invalid_input', `Cannot make a plugin "${id}": the name is reserved`, {
      why: reserved.message,
      fix: 'Give the folder another name: the plugin is named after it.',
    });
  }
  if (!isFree(folder)) {
    throw new Fault('invalid_input', `Cannot make a plugin in "${folder}": the folder is not empty`, {
      why: 'nothing that is there is written over',
      fix: 'Name a folder that is not there yet, or an empty one.',
    });
  }
  const files = writeFiles(join(kit.templates, template), folder, { id, publisher: quotable(publisher), ...kit.words });
  await kit.provide(folder);
  return files;
}

function suggestedId(id: string): string {
  const plain = id.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return plain.replaceAll(/^[^a-z]+|-$/g, '').slice(0, 63) || 'my-plugin';
}

/** The templates put it between single quotes. */
function quotable(text: string): string {
  return text.replaceAll(/['\\]/g, '\\$&').replaceAll(/\s+/g, ' ');
}
