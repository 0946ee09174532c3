import type { Verdict } from './hunks.ts';

/** What the keys can ask of the change that is shown. */
export interface DiffCommands {
  /** False where there is no further one. */
  readonly moveHunk?: (step: 1 | -1) => boolean;
  /** Decides the current hunk; false where there are none. */
  readonly decide?: (verdict: Verdict) => boolean;
  readonly comment?: () => void;
  readonly edit?: () => void;
  /** Takes what was worked out here, in place of accepting the file. */
  readonly accept?: () => void;
  /** Answers the current conflict. */
  readonly choose?: (side: 'workspace' | 'session' | 'both') => void;
}

/** Whoever is shown says here what it can do; the last one counts. */
export class DiffCommandSlot {
  #commands: DiffCommands = {};

  get current(): DiffCommands {
    return this.#commands;
  }

  /** Gives how to take it back. */
  register(commands: DiffCommands): () => void {
    this.#commands = commands;
    return () => {
      if (this.#commands === commands) this.#commands = {};
    };
  }
}
