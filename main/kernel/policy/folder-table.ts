const SLASH = 47;

/** Keeps hashes small integers on every build of the JavaScript engine. */
const HASH_MASK = 0x3fffffff;

/** A group that a table holds; the table's own fields are part of it, to read one object less for each look-up. */
export interface Folder<G> {
  readonly folder: string;
  /** Another with the same hash. */
  readonly next: G | undefined;
}

function extendHash(hash: number, code: number): number {
  return (Math.imul(hash, 31) + code) & HASH_MASK;
}

function hashOf(path: string): number {
  let hash = 0;
  for (let index = 0; index < path.length; index++) hash = extendHash(hash, path.charCodeAt(index));
  return hash;
}

/** Groups by folder: all the folders that a path lies in are looked up in one walk over it. */
export class FolderTable<G extends Folder<G>> {
  readonly #folders = new Map<number, G>();
  /** By number of segments: whether some folder has so many. */
  readonly #depths: boolean[] = [];

  /** The group of a folder; `make` gives a new one, chained to another of the same hash, where there is none. */
  groupAt(folder: string, make: (next: G | undefined) => G): G {
    const hash = hashOf(folder);
    const known = this.#groupOf(hash, folder);
    if (known !== undefined) return known;
    const group = make(this.#folders.get(hash));
    this.#folders.set(hash, group);
    this.#depths[folder.split('/').length] = true;
    return group;
  }

  /** Adds the groups of all folders that a path lies in or is. */
  collect(path: string, into: G[]): void {
    const deepest = this.#depths.length - 1;
    let hash = 0;
    let depth = 1;
    for (let index = 0; index <= path.length && depth <= deepest; index++) {
      const code = index === path.length ? SLASH : path.charCodeAt(index);
      if (code === SLASH) {
        if (this.#depths[depth] === true) this.#collectAt(hash, path.slice(0, index), into);
        depth++;
      }
      hash = extendHash(hash, code);
    }
  }

  #collectAt(hash: number, folder: string, into: G[]): void {
    const group = this.#groupOf(hash, folder);
    if (group !== undefined) into.push(group);
  }

  #groupOf(hash: number, folder: string): G | undefined {
    let group = this.#folders.get(hash);
    while (group !== undefined && group.folder !== folder) group = group.next;
    return group;
  }
}
