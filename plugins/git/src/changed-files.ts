import Type, { type Static } from 'typebox';
import { splitAtNul } from './records.ts';

export const ChangedFile = Type.Object({
  path: Type.String(),
  from: Type.Optional(Type.String({ description: 'Where it was renamed or copied from' })),
  status: Type.String({ description: 'A, C, D, M, R, T or U' }),
  added: Type.Union([Type.Integer(), Type.Null()], { description: 'Lines; null for a binary file' }),
  removed: Type.Union([Type.Integer(), Type.Null()], { description: 'Lines; null for a binary file' }),
});
export type ChangedFile = Static<typeof ChangedFile>;

/** What makes git print what `parseChangedFiles` reads. */
export const CHANGED_FILES = [
  '--raw',
  '--numstat',
  '-z',
  '--find-renames',
  '--no-ext-diff',
  '--no-textconv',
  '--ignore-submodules=dirty',
] as const;

interface Counts {
  readonly added: number | null;
  readonly removed: number | null;
}

/** `added TAB removed TAB path`, or for a rename an empty path and then both names. */
function countsOf(record: string, rest: Iterator<string>): { path: string; counts: Counts } {
  const [added = '', removed = '', ...names] = record.split('\t');
  let path = names.join('\t');
  if (path === '') {
    rest.next();
    path = rest.next().value ?? '';
  }
  const count = (text: string): number | null => (text === '-' ? null : Number(text));
  return { path, counts: { added: count(added), removed: count(removed) } };
}

/** Reads the records of `--raw --numstat -z` (git-diff(1), "Raw output format"). */
export function parseChangedFiles(output: Buffer): ChangedFile[] {
  const files: { path: string; from?: string; status: string }[] = [];
  const counts = new Map<string, Counts>();
  const records = splitAtNul(output).values();
  for (const raw of records) {
    const record = raw.replace(/^\n+/, '');
    if (record.startsWith(':')) {
      const status = record.split(' ')[4]?.[0] ?? 'M';
      const first = records.next().value ?? '';
      if (status === 'R' || status === 'C') files.push({ path: records.next().value ?? '', from: first, status });
      else files.push({ path: first, status });
    } else if (record !== '') {
      const entry = countsOf(record, records);
      counts.set(entry.path, entry.counts);
    }
  }
  // One with a conflict is listed twice: as that, and with what differs from one of its sides.
  const unmerged = new Set(files.flatMap(({ path, status }) => (status === 'U' ? [path] : [])));
  // A file that was only touched is listed as modified, but nothing is counted in it.
  const changed = files.filter(
    ({ path, status }) => status === 'U' || (!unmerged.has(path) && (status !== 'M' || counts.has(path))),
  );
  return changed.map((file) => ({ ...file, ...(counts.get(file.path) ?? { added: null, removed: null }) }));
}
