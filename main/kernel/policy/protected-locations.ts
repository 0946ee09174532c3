import type { Subject } from './subject.ts';

/** What may lie in a workspace by accident or by design, each with a bit of its own. */
export const PROTECTED_THINGS = {
  'policy-files': 1,
  'program-files': 2,
  'audit-log': 4,
  'session-database': 8,
  'engine-socket': 16,
} as const;
export type ProtectedThing = keyof typeof PROTECTED_THINGS;

/** A file or folder that calls about the workspace have to leave alone. */
export interface ProtectedLocation {
  readonly thing: ProtectedThing;
  /** Absolute on this machine, or relative to every workspace (`.cavern/policy.yaml`). */
  readonly path: string;
  /** `write`: may be read; `all`: not even that. */
  readonly against: 'write' | 'all';
  /** A folder in it whose own folders are workspaces like any other. */
  readonly except?: string;
}

/** Calls that leave a file as it is. Any other counts as writing: a tool that nobody knows gets no benefit of the doubt. */
const READING_CALLS: ReadonlySet<string> = new Set([
  'changes.diff',
  'changes.discard',
  'changes.export',
  'changes.list',
  'fs.exists',
  'fs.list',
  'fs.read',
  'fs.stat',
  'git.blame',
  'git.diff',
  'git.log',
  'git.show',
  'git.status',
  'search.glob',
  'search.grep',
]);

/** Calls that take everything below a folder with them. */
const SWEEPING_CALLS: ReadonlySet<string> = new Set(['fs.move', 'fs.remove']);

/** Code points that some file systems leave out when they compare names (HFS+; the list that git protects itself by). */
const IGNORABLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u206a-\u206f\ufeff]/gu;

/**
 * One spelling for all that could open the same file on some file system: letter case, composed and compatible letters,
 * ignored code points, backslashes with the `..` between them, streams (`name:stream`) and dots or spaces at the end of a name.
 */
function foldPath(path: string): string {
  const folded = path.normalize('NFKC').replace(IGNORABLE, '').toUpperCase().toLowerCase().normalize('NFKC');
  const segments: string[] = [];
  for (const written of folded.replaceAll('\\', '/').split('/')) {
    const segment = written.replace(/(?<=.):.*$/s, '').replace(/(?<=[^. ])[. ]+$| +$/, '');
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return segments.join('/');
}

interface FoldedLocation extends Pick<ProtectedLocation, 'thing' | 'against'> {
  /** Relative to the workspace; empty where the workspace lies inside of the location. */
  readonly path: string;
}

interface FoldedPlaces {
  readonly places: readonly FoldedLocation[];
  /** True for the code units that a path to some place may begin with: any other ASCII letter ends the question. */
  readonly beginsWith: readonly boolean[];
}

const NOTHING = 0;
const NO_PLACES: FoldedPlaces = { places: [], beginsWith: [] };
const ASCII = 128;

function isBelow(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

function relativeTo(roots: readonly string[], location: ProtectedLocation): FoldedLocation[] {
  const { thing, against } = location;
  const path = foldPath(location.path);
  const isAbsolute = location.path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(location.path);
  if (!isAbsolute) return [{ thing, against, path }];
  const except = location.except === undefined ? undefined : foldPath(location.except);
  return roots.flatMap((root) => {
    if (except !== undefined && root !== except && isBelow(root, except)) return [];
    if (isBelow(root, path)) return [{ thing, against, path: '' }];
    return isBelow(path, root) ? [{ thing, against, path: root === '' ? path : path.slice(root.length + 1) }] : [];
  });
}

function foldPlaces(locations: readonly ProtectedLocation[], workspaceRoots: readonly string[]): FoldedPlaces {
  const roots = workspaceRoots.map(foldPath);
  const places = locations.flatMap((location) => relativeTo(roots, location));
  // Whatever folding may take away in front of a name, and both cases of its first letter.
  const firsts = places.flatMap(({ path }) => [path.charAt(0), path.charAt(0).toUpperCase(), '\\', ' ', '.']);
  const isWhole = places.some(({ path }) => path === '');
  const beginsWith = Array.from({ length: ASCII }, (_, code) => isWhole || firsts.includes(String.fromCharCode(code)));
  return { places, beginsWith };
}

function touches(path: string, { path: place, against }: FoldedLocation, syscall: string): boolean {
  if (isBelow(path, place)) return against === 'all' || !READING_CALLS.has(syscall);
  return SWEEPING_CALLS.has(syscall) && isBelow(place, path);
}

/** Where protected things lie, and which of them a call touches in any spelling. */
export class ProtectedLocations {
  readonly #locations: readonly ProtectedLocation[];
  /** A session gives the same array of roots with each call, and most calls follow one of the same session. */
  readonly #foldedByRoots = new WeakMap<readonly string[], FoldedPlaces>();
  #lastRoots: readonly string[] | undefined;
  #lastFolded = NO_PLACES;
  #lastSubject: Subject | undefined;
  #lastTouched: number = NOTHING;

  constructor(locations: readonly ProtectedLocation[]) {
    this.#locations = locations;
  }

  /** The bits of the things that a call touches: the rules ask one after the other, and the path is looked at once. */
  touchedBy(subject: Subject): number {
    if (subject === this.#lastSubject) return this.#lastTouched;
    const touched = this.#look(subject);
    this.#lastSubject = subject;
    this.#lastTouched = touched;
    return touched;
  }

  #look({ call, path, workspaceRoots }: Subject): number {
    if (path === undefined) return NOTHING;
    const { places, beginsWith } = this.#foldedFor(workspaceRoots);
    const first = path.charCodeAt(0);
    // Behind a backslash the path may begin again, where that is a separator.
    if (first < ASCII && beginsWith[first] !== true && !path.includes('\\')) return NOTHING;
    const spelled = foldPath(path);
    let touched = NOTHING;
    for (const place of places) if (touches(spelled, place, call.syscall)) touched |= PROTECTED_THINGS[place.thing];
    return touched;
  }

  #foldedFor(workspaceRoots: readonly string[]): FoldedPlaces {
    if (workspaceRoots === this.#lastRoots) return this.#lastFolded;
    const folded = this.#foldedByRoots.get(workspaceRoots) ?? foldPlaces(this.#locations, workspaceRoots);
    this.#foldedByRoots.set(workspaceRoots, folded);
    this.#lastRoots = workspaceRoots;
    this.#lastFolded = folded;
    return folded;
  }
}
