import type { Task as TaskDocument } from '../../../schema/contract/task.ts';

/** A task with what its scheduler needs to begin and end its work. */
export interface Entry {
  document: TaskDocument;
  readonly isKept: boolean;
  /** Ends what runs. */
  abort: AbortController;
  readonly begin: () => void;
  /** The sandbox is being paused; what comes after waits for that. */
  pausing: Promise<void>;
}
