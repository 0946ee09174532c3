import type { Task } from '../../../schema/contract/task.ts';
import type { TaskId } from '../../../schema/entities.ts';

const DRAWN = 250;

export interface Related {
  readonly tasks: readonly Task[];
  /** How many there are that could be drawn. */
  readonly all: number;
}

/** All that hangs together with the chosen task; without one, the newest tasks that depend on something or are depended on. */
export function relatedTasks(tasks: ReadonlyMap<TaskId, Task>, chosen: TaskId | undefined): Related {
  const dependents = new Map<TaskId, TaskId[]>();
  for (const { id, dependencies } of tasks.values()) {
    for (const dependency of dependencies) {
      const known = dependents.get(dependency);
      if (known === undefined) dependents.set(dependency, [id]);
      else known.push(id);
    }
  }
  const isLinked = ({ id, dependencies }: Task): boolean => dependencies.length > 0 || dependents.has(id);
  const start = chosen === undefined ? undefined : tasks.get(chosen);
  if (start === undefined || !isLinked(start)) {
    const linked = [...tasks.values()].filter(isLinked);
    return { tasks: linked.slice(-DRAWN), all: linked.length };
  }
  const found = new Set<TaskId>([start.id]);
  for (const id of found) {
    for (const next of [...(tasks.get(id)?.dependencies ?? []), ...(dependents.get(id) ?? [])]) {
      if (tasks.has(next)) found.add(next);
    }
  }
  const all = [...found].flatMap((id) => tasks.get(id) ?? []);
  return { tasks: all.slice(0, DRAWN), all: all.length };
}
