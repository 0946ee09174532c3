import type { Task as TaskDocument } from '../../../schema/contract/task.ts';
import type { Task } from './task.ts';

/** A task with what its scheduler needs to begin and end its work. */
export interface Entry {
  document: TaskDocument;
  readonly isKept: boolean;
  /** As the core knows it, until it has ended. */
  task: Task | undefined;
  /** Ends what runs. */
  abort: AbortController;
  /** Called when its turn has come; of one that is not kept also when it ends in the queue. */
  readonly begin: () => void;
  /** The sandbox is being paused; what comes after waits for that. */
  pausing: Promise<void>;
}
