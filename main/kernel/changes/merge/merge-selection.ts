import { Fault } from '../../../../schema/fault.ts';
import { type BytePath, isWithin, toText } from '../files/byte-path.ts';
import type { ChangeItem, ChangeSet } from '../listing/change-item.ts';
import { type ReviewAnswers, takes } from '../review/review-answer.ts';

export interface Selection {
  readonly chosen: readonly ChangeItem[];
  readonly left: readonly ChangeItem[];
  /** True when nothing was named: then the whole change set is meant. */
  readonly whole: boolean;
}

function isNamed(item: ChangeItem, name: string): boolean {
  return toText(item.path) === name || (item.from !== undefined && toText(item.from) === name);
}

function isBelow(item: ChangeItem, folder: string): boolean {
  // Compared as people see them; what is not UTF-8 is named through its folder.
  return isWithin(toText(item.path) as BytePath, folder as BytePath);
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
  }
  for (const given of names ?? []) {
    const name = given.replace(/\/+$/, '');
    const exact = set.items.filter((item) => isNamed(item, name));
    const below = set.items.filter((item) => isBelow(item, name) && !item.ignored && !item.secret);
    if (exact.length + below.length === 0) {
      throw new Fault('not_found', `Cannot find the change "${given}": the session did not change it`, {
        why: 'Paths are relative to the workspace, as the list of changes shows them.',
        fix: 'List the changes and name one of them.',
      });
    }
    for (const item of [...exact, ...below]) chosen.add(item);
  }
  const left = set.items.filter((item) => !chosen.has(item));
  return { chosen: set.items.filter((item) => chosen.has(item)), left, whole: names === undefined };
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
