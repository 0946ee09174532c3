import { type BytePath, ancestorsOf, fromText } from './byte-path.ts';

/** The paths that a session did not see. */
export class HiddenPaths {
  readonly #hidden: ReadonlySet<BytePath>;
  readonly #above: ReadonlySet<BytePath>;

  /** @param paths relative to the workspace */
  constructor(paths: readonly string[]) {
    const hidden = paths.map(fromText);
    this.#hidden = new Set(hidden);
    this.#above = new Set(hidden.flatMap(ancestorsOf));
  }

  /** True for a hidden path, for what is below it, and for a folder that holds one. */
  touches(path: BytePath): boolean {
    if (this.#hidden.size === 0) return false;
    return this.#hidden.has(path) || this.#above.has(path) || ancestorsOf(path).some((each) => this.#hidden.has(each));
  }
}
