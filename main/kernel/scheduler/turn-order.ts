import type { Priority, Task as TaskDocument } from '../../../schema/contract/task.ts';
import type { SessionId, TaskId } from '../../../schema/entities.ts';
import { newId } from '../../base/id.ts';

/** A piece of work of somebody who waits for it; it is not kept. */
export interface TurnOrder {
  readonly kind: string;
  /** Its kind if absent. */
  readonly name?: string;
  readonly session?: SessionId;
  /** Where a plugin answers that did not come with the program. */
  readonly plugin?: string;
  readonly profile: string;
  readonly priority: Priority;
  readonly effect: 'read' | 'write';
  readonly timeoutMs: number;
  /** True for what may never end, such as a server that somebody runs: after some minutes its slot is somebody else's. */
  readonly mayLast: boolean;
}

/** The task of a turn, as it is listed while its taker waits and works. */
export function transientTask(
  { mayLast: _mayLast, plugin: _plugin, ...order }: TurnOrder,
  nowMs: number,
): TaskDocument {
  return {
    id: newId<TaskId>(),
    name: order.kind,
    ...order,
    dependencies: [],
    preemptible: false,
    state: 'queued',
    createdAt: nowMs,
    failures: 0,
    steps: [],
  };
}
