import { Fault } from '../../../../schema/fault.ts';
import { type BytePath, ancestorsOf, toText } from '../files/byte-path.ts';
import type { ChangeItem, ChangeSet } from '../listing/change-item.ts';
import { type ReviewAnswers, takes } from '../review/review-answer.ts';

export interface Selection {
  readonly chosen: readonly ChangeItem[];
  readonly left: readonly ChangeItem[];
  /** True when nothing was named: then the whole change set is meant. */
  readonly whole: boolean;
}

/** The names that stand for a change: its own, which may take an ignored or secret-looking one, and its folders'. */
function namesFor(item: ChangeItem): { readonly own: readonly string[]; readonly folders: readonly string[] } {
  // Compared as people see them; what is not UTF-8 is named through its folder.
  const path = toText(item.path);
  const own = item.from === undefined ? [path] : [path, toText(item.from)];
  const folders = item.ignored || item.secret ? [] : ['', ...ancestorsOf(path as BytePath)]; // only cut at its slashes
  return { own, folders };
}

/**
 * Those that are named, or all but ignored and secret-looking ones. A folder's name stands for what is below it, but
 * never for an ignored or secret-looking file: those are named one by one. A hidden path is always judged, so that its
 * refusal is reported. Throws `not_found` for a name that is no change.
 */
export function selectChanges(set: ChangeSet, names: readonly string[] | undefined): Selection {
  const chosen = new Set<ChangeItem>();
  if (names === undefined) {
    for (const item of set.items) if (item.hidden || !(item.ignored || item.secret)) chosen.add(item);
  } else addNamed(set, names, chosen);
  const left = set.items.filter((item) => !chosen.has(item));
  return { chosen: set.items.filter((item) => chosen.has(item)), left, whole: names === undefined };
}

function addNamed(set: ChangeSet, names: readonly string[], chosen: Set<ChangeItem>): void {
  const wanted = new Map(names.map((given) => [given.replace(/\/+$/, ''), given]));
  const unknown = new Set(wanted.keys());
  // Once over the changes, however many are named.
  for (const item of set.items) {
    const { own, folders } = namesFor(item);
    for (const name of [...own, ...folders]) {
      if (!wanted.has(name)) continue;
      chosen.add(item);
      unknown.delete(name);
    }
  }
  for (const name of unknown) {
    throw new Fault('not_found', `Cannot find the change "${wanted.get(name)}": the session did not change it`, {
      why: 'Paths are relative to the workspace, as the list of changes shows them.',
      fix: 'List the changes and name one of them.',
    });
  }
}

/** What is meant: the named ones, and of these only what the review takes, where there is one. */
export interface Wanted {
  readonly paths?: readonly string[] | undefined;
  readonly answers?: ReviewAnswers | undefined;
}

/** An ignored or secret-looking change that was decided on is chosen like any other: it was looked at one by one. */
export function selectWanted(set: ChangeSet, { paths, answers }: Wanted): Selection {
  if (answers === undefined) return selectChanges(set, paths);
  const named = paths === undefined ? undefined : new Set(selectChanges(set, paths).chosen);
  const isChosen = (item: ChangeItem): boolean =>
    (named?.has(item) ?? true) && (takes(answers.get(item.path)) || (item.hidden && named === undefined));
  return {
    chosen: set.items.filter(isChosen),
    left: set.items.filter((item) => !isChosen(item)),
    whole: false,
  };
}
