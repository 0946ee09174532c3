import type { Task as TaskDocument } from '../../../schema/contract/task.ts';
import { withoutResult } from './task-document.ts';
import type { Entry } from './task-entry.ts';

/** Ended tasks that are remembered; as many again of those with a key, so that what has none never takes the place of a key. */
const REMEMBERED = 50_000;
/** What ended tasks gave, in characters of JSON, all together: some hundred of the longest results, or all of a usual home. */
const RESULTS_CHARACTERS = 32 * 1024 * 1024;

export interface TaskRegisterOptions {
  /** Of kept tasks that are too old to be remembered. */
  readonly onForgotten: (id: string) => void;
  /** Of kept tasks whose results are too old to be remembered, with what is left of them. */
  readonly onShortened: (document: TaskDocument) => void;
}

interface Ended {
  readonly document: TaskDocument;
  readonly isKept: boolean;
}

/** All tasks that are known, those that ended among them, and the keys that were seen. Of one that has ended nothing is held but its document. */
export class TaskRegister {
  readonly #options: TaskRegisterOptions;
  readonly #open = new Map<string, Entry>();
  /** In the order they ended. */
  readonly #ended = new Map<string, Ended>();
  readonly #lines = { keyed: new Set<string>(), other: new Set<string>() };
  readonly #keys = new Map<string, string>();
  /** How long each result is that is held. */
  readonly #results = new Map<string, number>();
  #resultsCharacters = 0;

  constructor(options: TaskRegisterOptions) {
    this.#options = options;
  }

  add(entry: Entry): void {
    this.#noteKey(entry.document);
    this.#open.set(entry.document.id, entry);
  }

  /** One that ended with an earlier kernel. */
  addEnded(ended: Ended): void {
    this.#noteKey(ended.document);
    this.#remember(ended);
  }

  /** To be called when a task has ended: its document stays. */
  end({ document, isKept }: Entry): void {
    this.#open.delete(document.id);
    this.#remember({ document, isKept });
  }

  /** One that has not ended. */
  open(id: string): Entry | undefined {
    return this.#open.get(id);
  }

  /** Those that have not ended, in the order they came. */
  allOpen(): IterableIterator<Entry> {
    return this.#open.values();
  }

  document(id: string): TaskDocument | undefined {
    return this.#open.get(id)?.document ?? this.#ended.get(id)?.document;
  }

  byKey(key: string | undefined): TaskDocument | undefined {
    const id = key === undefined ? undefined : this.#keys.get(key);
    return id === undefined ? undefined : this.document(id);
  }

  /** Those that have not ended in the order they came, then the others, the newest first. */
  list(): TaskDocument[] {
    const open = Array.from(this.#open.values(), ({ document }) => document);
    const ended = Array.from(this.#ended.values(), ({ document }) => document);
    return [...open, ...ended.reverse()];
  }

  #noteKey({ id, idempotencyKey }: TaskDocument): void {
    if (idempotencyKey !== undefined) this.#keys.set(idempotencyKey, id);
  }

  #remember(ended: Ended): void {
    const { id, idempotencyKey, result } = ended.document;
    this.#ended.set(id, ended);
    const line = this.#lines[idempotencyKey === undefined ? 'other' : 'keyed'];
    line.add(id);
    const [oldest] = line;
    if (line.size > REMEMBERED && oldest !== undefined) this.#forget(oldest, line);
    if (result !== undefined) this.#noteResult(id, result);
  }

  #forget(id: string, line: Set<string>): void {
    const ended = this.#ended.get(id);
    line.delete(id);
    this.#ended.delete(id);
    this.#forgetResult(id);
    const key = ended?.document.idempotencyKey;
    if (key !== undefined && this.#keys.get(key) === id) this.#keys.delete(key);
    if (ended?.isKept === true) this.#options.onForgotten(id);
  }

  #noteResult(id: string, result: unknown): void {
    const characters = JSON.stringify(result)?.length ?? 0;
    this.#results.set(id, characters);
    this.#resultsCharacters += characters;
    for (const [oldest] of this.#results) {
      if (this.#resultsCharacters <= RESULTS_CHARACTERS) return;
      this.#forgetResult(oldest);
      this.#shorten(oldest);
    }
  }

  #forgetResult(id: string): void {
    this.#resultsCharacters -= this.#results.get(id) ?? 0;
    this.#results.delete(id);
  }

  #shorten(id: string): void {
    const ended = this.#ended.get(id);
    if (ended === undefined) return;
    const document = withoutResult(ended.document);
    this.#ended.set(id, { ...ended, document });
    if (ended.isKept) this.#options.onShortened(document);
  }
}
