import Type, { type Static } from 'typebox';
import { splitAtNul } from './records.ts';

export const StatusEntry = Type.Object({
  path: Type.String(),
  from: Type.Optional(Type.String({ description: 'Where it was renamed or copied from' })),
  state: Type.Union([
    Type.Literal('changed'),
    Type.Literal('renamed'),
    Type.Literal('unmerged'),
    Type.Literal('untracked'),
    Type.Literal('ignored'),
  ]),
  index: Type.String({ description: 'Staged: M, T, A, D, R, C, U, or . for nothing' }),
  worktree: Type.String({ description: 'Not staged, the same letters' }),
});
export type StatusEntry = Static<typeof StatusEntry>;

export const BranchState = Type.Object({
  head: Type.Union([Type.String(), Type.Null()], { description: 'The branch; null when detached' }),
  commit: Type.Union([Type.String(), Type.Null()], { description: 'Null before the first commit' }),
  upstream: Type.Optional(Type.String()),
  ahead: Type.Optional(Type.Integer()),
  behind: Type.Optional(Type.Integer()),
});
export type BranchState = Static<typeof BranchState>;

function branchHeader(branch: BranchState, record: string): BranchState {
  const [, key = '', ...words] = record.split(' ');
  const value = words.join(' ');
  if (key === 'branch.oid') return { ...branch, commit: value === '(initial)' ? null : value };
  if (key === 'branch.head') return { ...branch, head: value === '(detached)' ? null : value };
  if (key === 'branch.upstream') return { ...branch, upstream: value };
  if (key !== 'branch.ab') return branch;
  const [ahead = '0', behind = '0'] = words;
  return { ...branch, ahead: Number(ahead), behind: Math.abs(Number(behind)) };
}

/** Fields before the path of each kind of record (git-status(1), "Porcelain Format Version 2"). */
const FIELDS_BEFORE_PATH: Record<string, number> = { '1': 8, '2': 9, u: 10 };

function entryOf(record: string): StatusEntry {
  const kind = record[0] ?? '';
  if (kind === '?' || kind === '!') {
    return { path: record.slice(2), state: kind === '?' ? 'untracked' : 'ignored', index: '.', worktree: '.' };
  }
  const words = record.split(' ');
  const letters = words[1] ?? '..';
  return {
    path: words.slice(FIELDS_BEFORE_PATH[kind] ?? 8).join(' '),
    state: kind === 'u' ? 'unmerged' : kind === '2' ? 'renamed' : 'changed',
    index: letters[0] ?? '.',
    worktree: letters[1] ?? '.',
  };
}

/** Reads `git status --porcelain=v2 --branch -z`. */
export function parseStatus(output: Buffer): { branch: BranchState; entries: StatusEntry[] } {
  let branch: BranchState = { head: null, commit: null };
  const entries: StatusEntry[] = [];
  const records = splitAtNul(output).values();
  for (const record of records) {
    if (record.startsWith('# ')) branch = branchHeader(branch, record);
    else if (record.startsWith('2 ')) entries.push({ ...entryOf(record), from: records.next().value ?? '' });
    else entries.push(entryOf(record));
  }
  return { branch, entries };
}
