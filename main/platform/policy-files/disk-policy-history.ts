import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeptVersion, PolicyHistory } from '../../kernel/policy/policy-files.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';

const NAME = /^(\d{6,9})\.json$/;
const DIGITS = 6;

function isKept(value: unknown): value is Omit<KeptVersion, 'id' | 'text'> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'at' in value &&
    typeof value.at === 'number' &&
    'actor' in value &&
    typeof value.actor === 'string' &&
    (!('note' in value) || typeof value.note === 'string')
  );
}

/** Keeps each document as a file that a person can read, `000012.yaml`, with who and when beside it in `000012.json`. */
export function diskPolicyHistory(folder: string): PolicyHistory {
  let known: KeptVersion[] | undefined;
  const list = (): KeptVersion[] => (known ??= readVersions(folder));
  return {
    list: () => [...list()],
    keep(version) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const { text, ...rest } = version;
      const kept = { ...version, id: String(Number(list().at(-1)?.id ?? 0) + 1) };
      const name = kept.id.padStart(DIGITS, '0');
      writeFileAtomically(join(folder, `${name}.yaml`), text);
      // Written last: a version without it is one that was never finished.
      writeFileAtomically(join(folder, `${name}.json`), `${JSON.stringify(rest)}\n`);
      list().push(kept);
      return kept;
    },
  };
}

function readVersions(folder: string): KeptVersion[] {
  const names = readdirSync(folder).filter((name) => NAME.test(name));
  return names.sort().flatMap((name) => {
    const id = String(Number(NAME.exec(name)?.[1]));
    try {
      const about: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      const text = readFileSync(join(folder, name.replace(/json$/, 'yaml')), 'utf8');
      return isKept(about) ? [{ ...about, id, text }] : [];
    } catch {
      // Somebody has removed or changed it by hand; the others are still worth showing.
      return [];
    }
  });
}
