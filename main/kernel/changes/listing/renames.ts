import { type BytePath, nameOf } from '../files/byte-path.ts';
import { Pace } from '../pace.ts';
import { type Measured, similarity } from './similarity.ts';

/** A file that is gone or new. */
export interface RenameCandidate {
  readonly path: BytePath;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly type: 'file' | 'symlink';
}

export interface Rename {
  readonly from: BytePath;
  readonly to: BytePath;
}

export interface RenameOptions {
  readonly deleted: readonly RenameCandidate[];
  readonly added: readonly RenameCandidate[];
  /** Undefined for content that is too large to compare, or no longer there. */
  readonly signal: AbortSignal;
  readonly measure: (candidate: RenameCandidate, side: 'deleted' | 'added') => Promise<Measured | undefined>;
}

/** Git's default `-M`: at least half of the larger file. */
const THRESHOLD = 0.5;
/** With more pairs than this only exact renames are looked for (git's `diff.renameLimit`, but lower: a person waits for the list). */
const PAIR_LIMIT = 400 * 400;

/** Pairs what is gone with what is new: the same digest first, then the most alike. Empty files only under the same name. */
export async function findRenames(options: RenameOptions): Promise<readonly Rename[]> {
  const exact = exactRenames(options.deleted, options.added);
  await new Pace(options.signal).breathe();
  const gone = new Set(exact.map((pair) => pair.from));
  const come = new Set(exact.map((pair) => pair.to));
  const deleted = options.deleted.filter((each) => !gone.has(each.path) && comparable(each));
  const added = options.added.filter((each) => !come.has(each.path) && comparable(each));
  if (deleted.length * added.length > PAIR_LIMIT) return exact;
  return [...exact, ...(await similarRenames({ ...options, deleted, added }))];
}

function comparable(candidate: RenameCandidate): boolean {
  return candidate.type === 'file' && candidate.sizeBytes > 0;
}

function exactRenames(deleted: readonly RenameCandidate[], added: readonly RenameCandidate[]): readonly Rename[] {
  const bySha = groupBySha(deleted);
  const found: Rename[] = [];
  const waiting: RenameCandidate[] = [];
  const take = (to: RenameCandidate, fits: (from: RenameCandidate) => boolean): boolean => {
    const same = bySha.get(`${to.type}:${to.sha256}`);
    const index = same?.findIndex(fits) ?? -1;
    const from = index < 0 ? undefined : same?.splice(index, 1)[0];
    if (from) found.push({ from: from.path, to: to.path });
    return from !== undefined;
  };
  for (const to of added) if (!take(to, (from) => nameOf(from.path) === nameOf(to.path))) waiting.push(to);
  for (const to of waiting) if (to.sizeBytes > 0) take(to, () => true);
  return found;
}

function groupBySha(candidates: readonly RenameCandidate[]): Map<string, RenameCandidate[]> {
  const groups = new Map<string, RenameCandidate[]>();
  for (const candidate of candidates) {
    const key = `${candidate.type}:${candidate.sha256}`;
    const group = groups.get(key);
    if (group) group.push(candidate);
    else groups.set(key, [candidate]);
  }
  return groups;
}

async function similarRenames(options: RenameOptions): Promise<readonly Rename[]> {
  const pairs: (Rename & { readonly score: number; readonly sameName: boolean })[] = [];
  const pace = new Pace(options.signal);
  const measures = new Map<BytePath, Measured | undefined>();
  const measured = async (candidate: RenameCandidate, side: 'deleted' | 'added'): Promise<Measured | undefined> => {
    if (!measures.has(candidate.path)) measures.set(candidate.path, await options.measure(candidate, side));
    return measures.get(candidate.path);
  };
  for (const to of options.added) {
    for (const from of options.deleted) {
      const smaller = Math.min(from.sizeBytes, to.sizeBytes);
      if (smaller < THRESHOLD * Math.max(from.sizeBytes, to.sizeBytes)) continue;
      const [before, after] = [await measured(from, 'deleted'), await measured(to, 'added')];
      const score = before && after ? similarity(before, after) : 0;
      if (score < THRESHOLD) continue;
      if (pace.due) await pace.breathe();
      pairs.push({ from: from.path, to: to.path, score, sameName: nameOf(from.path) === nameOf(to.path) });
    }
  }
  pairs.sort((a, b) => b.score - a.score || Number(b.sameName) - Number(a.sameName));
  const used = new Set<BytePath>();
  return pairs.filter(({ from, to }) => {
    if (used.has(from) || used.has(to)) return false;
    used.add(from).add(to);
    return true;
  });
}
