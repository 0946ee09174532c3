import type { Task } from '../../../schema/contract/task.ts';

/** A task of the kernel's own that waits. */
export function taskOf(name: string, more: Partial<Task> = {}): Task {
  return {
    id: name as Task['id'], // an id of the test's own
    name,
    kind: 'command',
    priority: 3,
    profile: 'workspace',
    dependencies: [],
    timeoutMs: 1000,
    preemptible: false,
    effect: 'write',
    state: 'queued',
    createdAt: 0,
    failures: 0,
    steps: [],
    ...more,
  };
}
