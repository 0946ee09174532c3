import { Fault } from '../../../schema/fault.ts';
import type { DocumentError, DocumentWarning } from '../../../schema/policy.ts';
import type { CompiledPolicy } from './compiled-policy.ts';
import { type LoadedDocument, loadDocument } from './document.ts';
import type { PolicyFiles } from './policy-files.ts';

/** One document as its file was last seen. */
export interface SeenDocument {
  readonly path: string;
  readonly exists: boolean;
  readonly text: string;
  readonly errors: readonly DocumentError[];
  readonly warnings: readonly DocumentWarning[];
  /** What the text, or the last one that was valid, compiles to; undefined where none ever was. */
  readonly policy: CompiledPolicy | undefined;
}

/** What a text was found to be. */
export interface KnownText {
  readonly text: string;
  readonly loaded: LoadedDocument;
}

const START = { line: 1, column: 1 } as const;

/** Follows one file: a text that does not load keeps what the last valid one compiled to. */
export class LayerDocument {
  readonly #path: string;
  readonly #files: PolicyFiles;
  #seen: SeenDocument;
  #stamp: string | undefined;

  constructor(path: string, files: PolicyFiles) {
    this.#path = path;
    this.#files = files;
    this.#seen = { path, exists: false, text: '', errors: [], warnings: [], policy: undefined };
    this.reload();
  }

  get seen(): SeenDocument {
    return this.#seen;
  }

  /** Looks whether the file is another one than before, and reads it where it is. @returns whether what it says has changed. */
  refresh(): boolean {
    return this.#files.stamp(this.#path) === this.#stamp ? false : this.reload();
  }

  /** Reads the file; a text that was loaded elsewhere already is taken as that. @returns whether what it says has changed. */
  reload(known?: KnownText): boolean {
    const before = this.#seen;
    const path = this.#path;
    try {
      this.#stamp = this.#files.stamp(path);
      const text = this.#files.read(path);
      if (text === undefined) {
        this.#seen = { path, exists: false, text: '', errors: [], warnings: [], policy: undefined };
        return before.exists;
      }
      if (before.exists && text === before.text && before.errors.length === 0) return false;
      const loaded = known?.text === text ? known.loaded : loadDocument(text);
      this.#seen = loaded.ok
        ? { path, exists: true, text, errors: [], warnings: loaded.warnings, policy: loaded.document }
        : { path, exists: true, text, errors: loaded.errors, warnings: [], policy: before.policy };
    } catch (thrown) {
      const message = thrown instanceof Fault || thrown instanceof Error ? thrown.message : 'It cannot be read';
      this.#seen = { ...before, exists: true, errors: [{ ...START, message }], warnings: [] };
    }
    return true;
  }
}
