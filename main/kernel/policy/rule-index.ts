import { type CompiledRule, isConstrained } from './compiled-rule.ts';
import { type Folder, FolderTable } from './folder-table.ts';
import type { GlobAnchor } from './glob.ts';
import type { Subject } from './subject.ts';

/** Rules that share a place in the index, each list in document order; a rule without an opinion (`pass`) is in none. */
export interface RuleGroup {
  /** What finding the group proves already: nothing, or that one of the globs of each rule matches. */
  readonly proves: 'nothing' | 'path_glob';
  /** Denials, and allows that a failed constraint turns into one. */
  readonly stops: readonly CompiledRule[];
  readonly reviews: readonly CompiledRule[];
  /** Allows, flags included. */
  readonly allows: readonly CompiledRule[];
  readonly flags: readonly CompiledRule[];
}

type Place = GlobAnchor | { readonly kind: 'tag'; readonly value: string };

/** One for all the lists that stay empty: most do, and reading them should cost nothing. */
const NO_RULES: readonly CompiledRule[] = [];

function appended(rules: readonly CompiledRule[], rule: CompiledRule): readonly CompiledRule[] {
  if (rules === NO_RULES) return [rule];
  // Only this file sees the list while it grows, and copying it for each rule would take quadratic time.
  (rules as CompiledRule[]).push(rule); // a list of one rule, made above
  return rules;
}

class GrowingGroup implements RuleGroup, Folder {
  readonly folder: string;
  readonly proves: RuleGroup['proves'];
  allows: readonly CompiledRule[] = NO_RULES;
  stops: readonly CompiledRule[] = NO_RULES;
  reviews: readonly CompiledRule[] = NO_RULES;
  flags: readonly CompiledRule[] = NO_RULES;

  constructor(proves: RuleGroup['proves'], folder = '') {
    this.folder = folder;
    this.proves = proves;
  }

  add(rule: CompiledRule): void {
    const isAllow = rule.action === 'allow' || rule.action === 'flag';
    if (rule.action === 'deny' || (isAllow && isConstrained(rule))) this.stops = appended(this.stops, rule);
    if (rule.action === 'require_review') this.reviews = appended(this.reviews, rule);
    if (isAllow) this.allows = appended(this.allows, rule);
    if (rule.action === 'flag') this.flags = appended(this.flags, rule);
  }
}

function uniquePlaces(places: readonly Place[]): Place[] {
  return [...new Map(places.map((place) => [`${place.kind}:${place.value}`, place])).values()];
}

function tagPlaces(tags: readonly string[] | undefined): Place[] | undefined {
  return tags === undefined ? undefined : uniquePlaces(tags.map((value) => ({ kind: 'tag', value })));
}

/** Where a call has to be looked up to find the rule; undefined: the rule has to be asked about every call. */
function placesOf({ globs, caller }: CompiledRule): readonly Place[] | undefined {
  if (globs === undefined) return tagPlaces(caller?.tags);
  const anchors: Place[] = [];
  for (const glob of globs) {
    if (glob.anchors === undefined) return tagPlaces(caller?.tags);
    anchors.push(...glob.anchors);
  }
  return uniquePlaces(anchors);
}

/**
 * The rules about one syscall, found by what a call carries: the folders its path lies in, its last segment, its extension,
 * the caller's tags. A call meets only the rules that could match it, however many others there are.
 */
export class RuleIndex {
  readonly #always = new GrowingGroup('nothing');
  readonly #inside = new FolderTable<GrowingGroup>();
  readonly #prefix = new FolderTable<GrowingGroup>();
  readonly #basename = new Map<string, GrowingGroup>();
  readonly #extension = new Map<string, GrowingGroup>();
  readonly #tag = new Map<string, GrowingGroup>();

  #holdsReviews = false;
  #holdsFlags = false;

  /** Whether any of its rules asks for review. */
  get holdsReviews(): boolean {
    return this.#holdsReviews;
  }

  /** Whether any of its rules flags. */
  get holdsFlags(): boolean {
    return this.#holdsFlags;
  }

  /** Rules have to be added in document order. */
  add(rule: CompiledRule): void {
    if (rule.action === 'require_review') this.#holdsReviews = true;
    if (rule.action === 'flag') this.#holdsFlags = true;
    const places = placesOf(rule);
    if (places === undefined) this.#always.add(rule);
    else for (const place of places) this.#groupAt(place).add(rule);
  }

  /** Groups that together hold every rule that can match; some rules are in more than one. */
  groupsFor({ call, path }: Subject): readonly RuleGroup[] {
    const groups = [this.#always];
    if (this.#tag.size > 0) for (const tag of call.caller.tags) pushKnown(groups, this.#tag.get(tag));
    if (path === undefined) return groups;
    this.#inside.collect(path, groups);
    this.#prefix.collect(path, groups);
    if (this.#basename.size > 0 || this.#extension.size > 0) {
      const basename = path.slice(path.lastIndexOf('/') + 1);
      pushKnown(groups, this.#basename.get(basename));
      const dot = basename.lastIndexOf('.');
      if (dot >= 0) pushKnown(groups, this.#extension.get(basename.slice(dot + 1)));
    }
    return groups;
  }

  #groupAt({ kind, value }: Place): GrowingGroup {
    if (kind === 'inside') return this.#inside.groupAt(value, () => new GrowingGroup('path_glob', value));
    if (kind === 'prefix') return this.#prefix.groupAt(value, () => new GrowingGroup('nothing', value));
    const groups = { basename: this.#basename, extension: this.#extension, tag: this.#tag }[kind];
    const known = groups.get(value);
    if (known !== undefined) return known;
    const group = new GrowingGroup('nothing');
    groups.set(value, group);
    return group;
  }
}

function pushKnown(groups: GrowingGroup[], group: GrowingGroup | undefined): void {
  if (group !== undefined) groups.push(group);
}
