import type { Task, TaskRequest } from '../../../schema/contract/task.ts';
import type { SessionId } from '../../../schema/entities.ts';

const RETRY = { times: 2, delayMs: 50 };
/** So many of a graph wait for the same one. */
const WIDTH = 7;

/** Tasks of five priorities over three sessions. */
export interface TaskLoad {
  /** The head of each graph, which runs alone in its sandbox until it is let go, and all that depend on it. */
  readonly first: readonly TaskRequest[];
  /** What comes then, more urgent, for the places that the heads of the graphs hold. */
  readonly later: readonly TaskRequest[];
}

/** A half of all tasks in two graphs of the calm sessions, a half for the busy one. */
export function taskLoad(count: number, busy: SessionId, calm: readonly SessionId[]): TaskLoad {
  const graph = Math.floor(count / 4);
  const first = calm.flatMap((session, of): TaskRequest[] => [
    {
      name: headOf(of),
      session,
      command: ['sh', '-c', 'until [ -e go ]; do sleep 0.2; done; echo done'],
      priority: 5,
      retry: RETRY,
    },
    ...Array.from(
      { length: graph - 1 },
      (_, index): TaskRequest => ({
        name: `after-${of}-${index}`,
        session,
        command: ['sh', '-c', `echo ${index} >> ran`],
        priority: ((index % 4) + 2) as 2 | 3 | 4 | 5, // from 2 to 5
        preemptible: false,
        retry: RETRY,
        dependencies: [index < WIDTH ? headOf(of) : `after-${of}-${index - WIDTH}`],
      }),
    ),
  ]);
  const later = Array.from(
    { length: count - first.length },
    (_, index): TaskRequest => ({
      name: `task-${index}`,
      session: busy,
      command: ['sh', '-c', `echo ${index} >> ran; sleep 0.5`],
      priority: ((index % 4) + 1) as 1 | 2 | 3 | 4, // from 1 to 4
      preemptible: false,
      retry: RETRY,
    }),
  );
  return { first, later };
}

/** Lets the head of a graph come to its end. */
export function letGo(session: SessionId, of: number): TaskRequest {
  return { name: `go-${of}`, session, command: ['touch', 'go'], priority: 2 };
}

function headOf(graph: number): string {
  return `long-${graph}`;
}

export function isHead({ name }: Task): boolean {
  return name.startsWith('long-');
}

export function isOver({ state }: Task): boolean {
  return state === 'completed' || state === 'failed' || state === 'cancelled';
}

/** It stood still, or was ended, for another. */
export function hasMadeRoom({ steps }: Task): boolean {
  return steps.some(({ by, why }) => by !== undefined || why === 'preempted');
}

export function wasInterrupted({ steps }: Task): boolean {
  return steps.some(({ why }) => why === 'interrupted');
}
