/** Names of one folder. */
const WORTH_SORTING = 16;

/**
 * Paths in the order of their UTF-16 units. Each is kept at its folder while they come: short names are compared in the few of one folder,
 * where whole paths would be compared in all of them, along a beginning that most of them share.
 */
export class SortedNames {
  readonly #root = new Folder();
  /** By path with its slash. */
  readonly #folders = new Map<string, Folder>([['', this.#root]]);
  #lastPath = '';
  #last = this.#root;

  /** Paths with a NUL between them, each whole. */
  add(paths: string): void {
    for (let at = 0; at < paths.length; ) {
      const nul = paths.indexOf('\0', at);
      const end = nul === -1 ? paths.length : nul;
      // Most come right after another one of their folder.
      const name = paths.startsWith(this.#lastPath, at) ? paths.slice(at + this.#lastPath.length, end) : '/';
      if (name.includes('/')) this.#addElsewhere(paths.slice(at, end));
      else this.#last.files.push(name);
      at = end + 1;
    }
  }

  #addElsewhere(path: string): void {
    // Whoever finds the next one works meanwhile; a folder that was left is mostly whole.
    this.#last.sort();
    const nameAt = path.lastIndexOf('/') + 1;
    this.#lastPath = path.slice(0, nameAt);
    this.#last = this.#folder(this.#lastPath);
    this.#last.files.push(path.slice(nameAt));
  }

  all(): string[] {
    const paths: string[] = [];
    listInto(paths, '', this.#root);
    return paths;
  }

  /** `path` is empty or ends with a slash. */
  #folder(path: string): Folder {
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    const nameAt = path.slice(0, -1).lastIndexOf('/') + 1;
    const folder = new Folder();
    this.#folder(path.slice(0, nameAt)).folders.set(path.slice(nameAt), folder);
    this.#folders.set(path, folder);
    return folder;
  }
}

class Folder {
  readonly files: string[] = [];
  /** By name with its slash: so they come where their files belong among those of this folder. */
  readonly folders = new Map<string, Folder>();
  #sorted = 0;

  /** Puts the files in order once there are enough more of them: it is done a few times only, however often the folder is left. */
  sort(): void {
    if (this.files.length < 2 * this.#sorted + WORTH_SORTING) return;
    // Without a comparison it is that order, and fastest.
    this.files.sort();
    this.#sorted = this.files.length;
  }

  /** What is in order already takes hardly any time. */
  inOrder(): readonly string[] {
    return this.folders.size === 0 ? this.files.sort() : [...this.files, ...this.folders.keys()].sort();
  }
}

function listInto(paths: string[], above: string, folder: Folder): void {
  for (const name of folder.inOrder()) {
    const below = name.endsWith('/') ? folder.folders.get(name) : undefined;
    if (below === undefined) paths.push(above + name);
    else listInto(paths, above + name, below);
  }
}
