import { type CompiledRule, isConstrained } from './compiled-rule.ts';
import type { GlobAnchor } from './glob.ts';
import type { Subject } from './subject.ts';

/** Rules that share a place in the index, each list in document order; a rule without an opinion (`pass`) is in none. */
export interface RuleGroup {
  /** Denials, and allows that a failed constraint turns into one. */
  readonly stops: CompiledRule[];
  readonly reviews: CompiledRule[];
  /** Allows, flags included. */
  readonly allows: CompiledRule[];
  readonly flags: CompiledRule[];
}

type Place = GlobAnchor | { readonly kind: 'tag'; readonly value: string };

function uniquePlaces(places: readonly Place[]): Place[] {
  return [...new Map(places.map((place) => [`${place.kind}:${place.value}`, place])).values()];
}

/** Where a call has to be looked up to find the rule; undefined: the rule has to be asked about every call. */
function placesOf({ match }: CompiledRule): readonly Place[] | undefined {
  const anchors: Place[] = [];
  for (const glob of match.globs ?? []) {
    if (glob.anchors === undefined) return match.tags?.map((value) => ({ kind: 'tag', value }));
    anchors.push(...glob.anchors);
  }
  if (match.globs !== undefined) return uniquePlaces(anchors);
  return match.tags === undefined ? undefined : uniquePlaces(match.tags.map((value) => ({ kind: 'tag', value })));
}

function newGroup(): RuleGroup {
  return { stops: [], reviews: [], allows: [], flags: [] };
}

function addToGroup(group: RuleGroup, rule: CompiledRule): void {
  if (rule.action === 'deny') group.stops.push(rule);
  if (rule.action === 'require_review') group.reviews.push(rule);
  if (rule.action === 'flag') group.flags.push(rule);
  if (rule.action !== 'allow' && rule.action !== 'flag') return;
  group.allows.push(rule);
  if (isConstrained(rule)) group.stops.push(rule);
}

/**
 * The rules about one syscall, found by what a call carries: the folders its path lies in, its last segment, its extension,
 * the caller's tags. A call meets only the rules that could match it, however many others there are.
 */
export class RuleIndex {
  readonly #always = newGroup();
  readonly #prefix = new Map<string, RuleGroup>();
  readonly #basename = new Map<string, RuleGroup>();
  readonly #extension = new Map<string, RuleGroup>();
  readonly #tag = new Map<string, RuleGroup>();

  /** Rules have to be added in document order. */
  add(rule: CompiledRule): void {
    const places = placesOf(rule);
    if (places === undefined) addToGroup(this.#always, rule);
    else for (const place of places) addToGroup(this.#groupAt(place), rule);
  }

  /** Groups that together hold every rule that can match; some rules are in more than one. */
  groupsFor({ call, path }: Subject): readonly RuleGroup[] {
    const groups = [this.#always];
    if (this.#tag.size > 0) for (const tag of call.caller.tags) pushKnown(groups, this.#tag.get(tag));
    if (path === undefined) return groups;
    if (this.#prefix.size > 0) this.#pushFolders(groups, path);
    if (this.#basename.size > 0 || this.#extension.size > 0) {
      const basename = path.slice(path.lastIndexOf('/') + 1);
      pushKnown(groups, this.#basename.get(basename));
      const dot = basename.lastIndexOf('.');
      if (dot >= 0) pushKnown(groups, this.#extension.get(basename.slice(dot + 1)));
    }
    return groups;
  }

  #pushFolders(groups: RuleGroup[], path: string): void {
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
      pushKnown(groups, this.#prefix.get(path.slice(0, slash)));
    }
    pushKnown(groups, this.#prefix.get(path));
  }

  #groupAt({ kind, value }: Place): RuleGroup {
    const byKind = { prefix: this.#prefix, basename: this.#basename, extension: this.#extension, tag: this.#tag };
    const groups = byKind[kind];
    const known = groups.get(value);
    if (known !== undefined) return known;
    const group = newGroup();
    groups.set(value, group);
    return group;
  }
}

function pushKnown(groups: RuleGroup[], group: RuleGroup | undefined): void {
  if (group !== undefined) groups.push(group);
}
