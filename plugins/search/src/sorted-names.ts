/**
 * Paths in the order of their UTF-16 units. Each is kept at its folder while they come: short names are compared in the few of one folder,
 * where whole paths would be compared in all of them, along a beginning that most of them share.
 */
export class SortedNames {
  readonly #root = new Folder();
  /** By path with its slash; most paths are of a folder that is known. */
  readonly #folders = new Map<string, Folder>([['', this.#root]]);

  add(paths: readonly string[]): void {
    for (const path of paths) {
      const nameAt = path.lastIndexOf('/') + 1;
      this.#folder(path.slice(0, nameAt)).files.push(path.slice(nameAt));
    }
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
}

function listInto(paths: string[], above: string, { files, folders }: Folder): void {
  // Without a comparison it is that order, and fastest.
  for (const name of [...files, ...folders.keys()].sort()) {
    const folder = name.endsWith('/') ? folders.get(name) : undefined;
    if (folder === undefined) paths.push(above + name);
    else listInto(paths, above + name, folder);
  }
}
