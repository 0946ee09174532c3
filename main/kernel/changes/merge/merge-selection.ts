import { Fault } from '../../../../schema/fault.ts';
import { type BytePath, ancestorsOf, toText } from '../files/byte-path.ts';
import type { ChangeItem, ChangeSet } from '../listing/change-item.ts';
import { eachPaced } from '../pace.ts';
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
export async function selectChanges(set: ChangeSet, names: readonly string[] | undefined): Promise<Selection> {
  if (names === undefined) {
    const isMeant = (item: ChangeItem): boolean => item.hidden || !(item.ignored || item.secret);
    return { ...(await parted(set, isMeant)), whole: true };
  }
  const wanted = new Map<string, string>();
  const unknown = new Set<string>();
  const want = (given: string): void => {
    const name = given.replace(/\/+$/, '');
    wanted.set(name, given);
    unknown.add(name);
  };
  await eachPaced(names, want);
  // Once over the changes, however many are named.
  const isNamed = (item: ChangeItem): boolean => {
    const { own, folders } = namesFor(item);
    const found = [...own, ...folders].filter((name) => wanted.has(name));
    for (const name of found) unknown.delete(name);
    return found.length > 0;
  };
  const selection = { ...(await parted(set, isNamed)), whole: false };
  for (const name of unknown) {
    throw new Fault('not_found', `Cannot find the change "${wanted.get(name)}": the session did not change it`, {
      why: 'Paths are relative to the workspace, as the list of changes shows them.',
      fix: 'List the changes and name one of them.',
    });
  }
  return selection;
}

async function parted(
  set: ChangeSet,
  isChosen: (item: ChangeItem) => boolean,
): Promise<Pick<Selection, 'chosen' | 'left'>> {
  const chosen: ChangeItem[] = [];
  const left: ChangeItem[] = [];
  await eachPaced(set.items, (item) => (isChosen(item) ? chosen : left).push(item));
  return { chosen, left };
}

/** What is meant: the named ones, and of these only what the review takes, where there is one. */
export interface Wanted {
  readonly paths?: readonly string[] | undefined;
  readonly answers?: ReviewAnswers | undefined;
}

/** An ignored or secret-looking change that was decided on is chosen like any other: it was looked at one by one. */
export async function selectWanted(set: ChangeSet, { paths, answers }: Wanted): Promise<Selection> {
  const named = await selectChanges(set, paths);
  if (answers === undefined) return named;
  const among = paths === undefined ? undefined : new Set(named.chosen);
  const isChosen = (item: ChangeItem): boolean =>
    (among?.has(item) ?? true) && (takes(answers.get(item.path)) || (item.hidden && among === undefined));
  return { ...(await parted(set, isChosen)), whole: false };
}
