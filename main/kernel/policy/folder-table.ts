const SLASH = 47;

/** Keeps hashes small integers on every build of the JavaScript engine. */
const HASH_MASK = 0x3fffffff;

interface Folder<G> {
  readonly path: string;
  readonly group: G;
  /** Others with the same hash. */
  readonly next: Folder<G> | undefined;
}

function extendHash(hash: number, code: number): number {
  return (Math.imul(hash, 31) + code) & HASH_MASK;
}

function hashOf(path: string): number {
  let hash = 0;
  for (let index = 0; index < path.length; index++) hash = extendHash(hash, path.charCodeAt(index));
  return hash;
}

/** Groups by folder: all the folders that a path lies in are looked up in one walk over it, without a copy of any. */
export class FolderTable<G> {
  readonly #folders = new Map<number, Folder<G>>();
  /** By number of segments: whether some folder has so many. */
  readonly #depths: boolean[] = [];

  /** The group of a folder, made by `newGroup` where there is none. */
  groupAt(path: string, newGroup: () => G): G {
    const hash = hashOf(path);
    const known = this.#groupOf(hash, path);
    if (known !== undefined) return known;
    const group = newGroup();
    this.#folders.set(hash, { path, group, next: this.#folders.get(hash) });
    this.#depths[path.split('/').length] = true;
    return group;
  }

  /** Adds the groups of all folders that a path lies in or is. */
  collect(path: string, into: G[]): void {
    if (this.#folders.size === 0) return;
    const deepest = this.#depths.length - 1;
    let hash = 0;
    let depth = 1;
    for (let index = 0; index <= path.length; index++) {
      const code = index === path.length ? SLASH : path.charCodeAt(index);
      if (code === SLASH) {
        if (this.#depths[depth] === true) {
          const group = this.#groupOf(hash, index === path.length ? path : path.slice(0, index));
          if (group !== undefined) into.push(group);
        }
        if (depth++ === deepest) return;
      }
      hash = extendHash(hash, code);
    }
  }

  #groupOf(hash: number, path: string): G | undefined {
    let folder = this.#folders.get(hash);
    while (folder !== undefined && folder.path !== path) folder = folder.next;
    return folder?.group;
  }
}
