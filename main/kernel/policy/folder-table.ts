const SLASH = 47;

/** Keeps hashes small integers on every build of the JavaScript engine. */
const HASH_MASK = 0x3fffffff;

/** A group that a table holds: it knows which folder it is about. */
export interface Folder {
  readonly folder: string;
}

/** Of every slot that is taken at least three are free, so that a look-up seldom meets another folder first. */
const SLOTS_PER_FOLDER = 4;

function extendHash(hash: number, code: number): number {
  return (Math.imul(hash, 31) + code) & HASH_MASK;
}

/** Brings the upper bits down, where the slot is taken from. */
function spread(hash: number): number {
  return hash ^ (hash >>> 15);
}

function hashOf(path: string): number {
  let hash = 0;
  for (let index = 0; index < path.length; index++) hash = extendHash(hash, path.charCodeAt(index));
  return hash;
}

/**
 * Groups by folder: all the folders that a path lies in are looked up in one walk over it. The table is open and small,
 * because a decision takes the time of the memory that it reads for the first time.
 */
export class FolderTable<G extends Folder> {
  readonly #groups: G[] = [];
  /** By hash: 1 + the group's place in the list, 0 where there is none. Collisions move on by one. */
  #slots = new Int32Array(SLOTS_PER_FOLDER);
  /** By number of segments: whether some folder has so many. */
  readonly #depths: boolean[] = [];

  /** The group of a folder; `make` gives a new one where there is none. */
  groupAt(folder: string, make: () => G): G {
    const known = this.#groupOf(hashOf(folder), folder);
    if (known !== undefined) return known;
    const group = make();
    this.#groups.push(group);
    this.#depths[folder.split('/').length] = true;
    if (this.#groups.length * SLOTS_PER_FOLDER > this.#slots.length) this.#grow();
    else this.#place(folder, this.#groups.length);
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
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = spread(hash) & mask; ; slot = (slot + 1) & mask) {
      const place = slots[slot] ?? 0;
      if (place === 0) return undefined;
      const group = this.#groups[place - 1];
      if (group?.folder === folder) return group;
    }
  }

  #place(folder: string, place: number): void {
    const mask = this.#slots.length - 1;
    let slot = spread(hashOf(folder)) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = place;
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 4);
    for (const [index, { folder }] of this.#groups.entries()) this.#place(folder, index + 1);
  }
}
