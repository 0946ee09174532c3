import type { Subject } from './subject.ts';

export type ProtectedThing = 'policy-files' | 'program-files' | 'audit-log' | 'session-database' | 'engine-socket';

/** A file or folder that calls about the workspace have to leave alone. */
export interface ProtectedLocation {
  readonly thing: ProtectedThing;
  /** Absolute on this machine, or relative to every workspace (`.cavern/policy.yaml`). */
  readonly path: string;
  /** `write`: may be read; `all`: not even that. */
  readonly against: 'write' | 'all';
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
 * ignored code points, backslashes, streams (`name:stream`) and dots or spaces at the end of a name.
 */
function foldPath(path: string): string {
  const folded = path.normalize('NFKC').replace(IGNORABLE, '').toUpperCase().toLowerCase().normalize('NFKC');
  return folded
    .replaceAll('\\', '/')
    .split('/')
    .map((segment) => segment.replace(/(?<=.):.*$/s, '').replace(/(?<=[^. ])[. ]+$/, ''))
    .filter((segment) => segment !== '')
    .join('/');
}

interface FoldedLocation {
  readonly path: string;
  readonly against: ProtectedLocation['against'];
}

interface FoldedPlaces {
  readonly places: readonly FoldedLocation[];
  /** Code units that the first letter of a place may have: any other ASCII letter ends the question. */
  readonly firstCodes: ReadonlySet<number>;
  /** True where the workspace lies inside a protected folder. */
  readonly whole: ProtectedLocation['against'] | undefined;
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Where one kind of thing lies, and whether a call touches it in any spelling. */
export class ProtectedLocations {
  readonly #locations: readonly ProtectedLocation[];
  /** A session gives the same array of roots with each call, and most calls follow one of the same session. */
  readonly #foldedByRoots = new WeakMap<readonly string[], FoldedPlaces>();
  #lastRoots: readonly string[] | undefined;
  #lastFolded: FoldedPlaces = { places: [], firstCodes: new Set(), whole: undefined };

  constructor(locations: readonly ProtectedLocation[]) {
    this.#locations = locations;
  }

  protect({ call, path, workspaceRoots }: Subject): boolean {
    if (path === undefined || this.#locations.length === 0) return false;
    const { places, firstCodes, whole } = this.#foldedFor(workspaceRoots);
    if (whole !== undefined) return whole === 'all' || !READING_CALLS.has(call.syscall);
    const first = path.charCodeAt(0);
    if (path !== '' && first < 128 && !firstCodes.has(first)) return false;
    const spelled = foldPath(path);
    return places.some((place) => touches(spelled, place, call.syscall));
  }

  #foldedFor(workspaceRoots: readonly string[]): FoldedPlaces {
    if (workspaceRoots === this.#lastRoots) return this.#lastFolded;
    const folded = this.#foldedByRoots.get(workspaceRoots) ?? this.#fold(workspaceRoots);
    this.#foldedByRoots.set(workspaceRoots, folded);
    this.#lastRoots = workspaceRoots;
    this.#lastFolded = folded;
    return folded;
  }

  #fold(workspaceRoots: readonly string[]): FoldedPlaces {
    const places: FoldedLocation[] = [];
    let whole: FoldedPlaces['whole'];
    const roots = workspaceRoots.map(foldPath);
    for (const { path, against } of this.#locations) {
      const spelled = foldPath(path);
      if (!path.startsWith('/') && !/^[A-Za-z]:[\\/]/.test(path)) places.push({ path: spelled, against });
      else
        for (const root of roots) {
          if (isBelow(root, spelled)) whole = whole === 'all' ? whole : against;
          else if (root === '' || spelled.startsWith(`${root}/`))
            places.push({ path: spelled.slice(root.length).replace(/^\//, ''), against });
        }
    }
    const firstCodes = new Set<number>();
    for (const { path } of places) {
      for (const letter of [path.charAt(0), path.charAt(0).toUpperCase(), '\\', ' ', '.'])
        firstCodes.add(letter.charCodeAt(0));
    }
    return { places, firstCodes, whole };
  }
}

function touches(path: string, { path: place, against }: FoldedLocation, syscall: string): boolean {
  if (isBelow(path, place)) return against === 'all' || !READING_CALLS.has(syscall);
  return SWEEPING_CALLS.has(syscall) && (path === '' || isBelow(place, path));
}
