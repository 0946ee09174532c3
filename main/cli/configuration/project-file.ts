import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Fault } from '../../../schema/fault.ts';

const LIMIT_BYTES = 64 * 1024;

/** Where a project keeps what its commands shall be given. */
export const PROJECT_FILE = join('.cavern', 'config.yaml');

/** What the project file of a folder says; nothing where there is none. It comes with the project, so nobody vouches for it. */
export function readProjectFile(folder: string): Readonly<Record<string, unknown>> {
  const file = join(folder, PROJECT_FILE);
  const state = statSync(file, { throwIfNoEntry: false });
  if (state === undefined) return {};
  try {
    if (!state.isFile() || state.size > LIMIT_BYTES) throw new Error('It is no file, or too long.');
    const value: unknown = parse(readFileSync(file, 'utf8'), { maxAliasCount: 0 }) ?? {};
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
    throw new Error('It is not a list of names with values.');
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Fault('invalid_setting', `Cannot use "${file}": it cannot be read as YAML`, {
      why,
      fix: 'Mend it, or remove it.',
    });
  }
}
