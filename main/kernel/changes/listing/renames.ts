import { type BytePath, nameOf } from '../files/byte-path.ts';
import { Pace, eachPaced, filterPaced } from '../pace.ts';
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
  const { signal } = options;
  const exact = await exactRenames(options);
  const gone = new Set<BytePath>();
  const come = new Set<BytePath>();
  await eachPaced(exact, ({ from, to }) => gone.add(from) && come.add(to), signal);
  const deleted = await filterPaced(options.deleted, (each) => !gone.has(each.path) && comparable(each), signal);
  const added = await filterPaced(options.added, (each) => !come.has(each.path) && comparable(each), signal);
  if (deleted.length * added.length > PAIR_LIMIT) return exact;
  return [...exact, ...(await similarRenames({ ...options, deleted, added }))];
}

function comparable(candidate: RenameCandidate): boolean {
  return candidate.type === 'file' && candidate.sizeBytes > 0;
}

/** Those of one content, in their order, each given once. */
class Waiting {
  readonly #lines = new Map<string, { readonly all: RenameCandidate[]; next: number }>();

  add(key: string, candidate: RenameCandidate): void {
    const line = this.#lines.get(key);
    if (line) line.all.push(candidate);
    else this.#lines.set(key, { all: [candidate], next: 0 });
  }

  take(key: string, isFree: (candidate: RenameCandidate) => boolean): RenameCandidate | undefined {
    const line = this.#lines.get(key);
    if (line === undefined) return undefined;
    while (line.next < line.all.length) {
      const candidate = line.all[line.next];
      line.next += 1;
      if (candidate && isFree(candidate)) return candidate;
    }
    return undefined;
  }
}

/** However many have the same content: each is looked at once for its name and once for its content. */
async function exactRenames({ deleted, added, signal }: RenameOptions): Promise<readonly Rename[]> {
  const sameName = new Waiting();
  const sameContent = new Waiting();
  const content = (each: RenameCandidate): string => `${each.type}:${each.sha256}`;
  const named = (each: RenameCandidate): string => `${content(each)}:${nameOf(each.path)}`;
  const note = (each: RenameCandidate): void => {
    sameName.add(named(each), each);
    sameContent.add(content(each), each);
  };
  await eachPaced(deleted, note, signal);
  const found: Rename[] = [];
  const used = new Set<BytePath>();
  const pair = (to: RenameCandidate, from: RenameCandidate | undefined): boolean => {
    if (from === undefined) return false;
    found.push({ from: from.path, to: to.path });
    used.add(from.path);
    return true;
  };
  const isFree = (each: RenameCandidate): boolean => !used.has(each.path);
  const waiting = await filterPaced(added, (to) => !pair(to, sameName.take(named(to), isFree)), signal);
  const pairAny = (to: RenameCandidate): void => {
    if (to.sizeBytes > 0) pair(to, sameContent.take(content(to), isFree));
  };
  await eachPaced(waiting, pairAny, signal);
  return found;
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
      if (pace.due) await pace.breathe();
      const smaller = Math.min(from.sizeBytes, to.sizeBytes);
      if (smaller < THRESHOLD * Math.max(from.sizeBytes, to.sizeBytes)) continue;
      const [before, after] = [await measured(from, 'deleted'), await measured(to, 'added')];
      const score = before && after ? similarity(before, after) : 0;
      if (score < THRESHOLD) continue;
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
