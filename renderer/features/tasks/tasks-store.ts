import { createStore } from 'zustand/vanilla';
import type { Priority, Task } from '../../../schema/contract/task.ts';
import type { TaskId } from '../../../schema/entities.ts';
import { follow } from '../../app/follow.ts';
import type { KernelClient } from '../../app/kernel-client.ts';
import { hasEnded } from './task-groups.ts';

export type TaskView = 'queue' | 'graph' | 'timeline' | 'schedules';
export type Grouping = 'priority' | 'session';

interface TasksState {
  /** In the order they came. A new map with every change, so that who looks is told. */
  readonly tasks: ReadonlyMap<TaskId, Task>;
  readonly view: TaskView;
  readonly grouping: Grouping;
  readonly shown: TaskId | undefined;
  /** What the task gave that was asked about last. */
  readonly given: { readonly task: TaskId; readonly result: unknown } | undefined;
  /** When waiting tasks may start. */
  readonly starts: ReadonlyMap<TaskId, number>;
  /** How many were read of those that ended long ago; undefined while none are being read. */
  readonly reading: number | undefined;
}

export interface TasksStoreOptions {
  readonly client: Pick<KernelClient, 'task'>;
  readonly onFailure: (thrown: unknown) => void;
}

const PAGE = 1000;
/** As many as the timeline has rows. */
const MOST = 50_000;
/** Changes that come closer together are shown together. */
const SHOW_EVERY_MS = 100;

/** The tasks, live, and what a person does to them. */
export class TasksStore {
  readonly store = createStore<TasksState>(() => ({
    tasks: new Map(),
    view: 'queue',
    grouping: 'priority',
    shown: undefined,
    given: undefined,
    starts: new Map(),
    reading: undefined,
  }));
  readonly #options: TasksStoreOptions;
  readonly #known = new Map<TaskId, Task>();
  #newestAt = 0;
  #isSorted = true;
  #isShowDue = false;
  #wasAllRead = false;

  constructor(options: TasksStoreOptions) {
    this.#options = options;
  }

  follow(signal: AbortSignal): Promise<void> {
    return follow({
      open: (inner) => this.#options.client.task.watch({}, { signal: inner }),
      onEvent: ({ tasks }) => this.take(tasks),
      signal,
    });
  }

  /** Notes tasks that are new or have changed. */
  take(tasks: readonly Task[]): void {
    for (const task of tasks) this.#note(task);
    if (this.#isShowDue) return;
    this.#isShowDue = true;
    setTimeout(() => {
      this.#isShowDue = false;
      this.#sort();
      this.#forgetOldest();
      this.store.setState({ tasks: new Map(this.#known) });
    }, SHOW_EVERY_MS);
  }

  /** Reads all that the kernel remembers, page by page; once. */
  async readAll(signal: AbortSignal): Promise<void> {
    if (this.#wasAllRead) return;
    this.#wasAllRead = true;
    try {
      for (let offset = 0; offset < MOST; offset += PAGE) {
        this.store.setState({ reading: offset });
        // Each page depends on the one before having been full.
        const { tasks } = await this.#options.client.task.list({ limit: PAGE, offset }, { signal });
        this.take(tasks);
        if (tasks.length < PAGE) break;
      }
    } catch (thrown) {
      this.#wasAllRead = false;
      if (!signal.aborted) this.#options.onFailure(thrown);
    } finally {
      this.store.setState({ reading: undefined });
    }
  }

  /** Lists of tasks come without results. */
  async readResult(id: TaskId, signal: AbortSignal): Promise<void> {
    try {
      const { result } = await this.#options.client.task.get({ task: id }, { signal });
      this.store.setState({ given: { task: id, result } });
    } catch (thrown) {
      if (!signal.aborted) this.#options.onFailure(thrown);
    }
  }

  async guessStarts(signal: AbortSignal): Promise<void> {
    const { starts } = await this.#options.client.task.forecast({}, { signal });
    this.store.setState({ starts: new Map(starts.map(({ task, at }) => [task, at])) });
  }

  setView(view: TaskView): void {
    this.store.setState({ view });
  }

  group(grouping: Grouping): void {
    this.store.setState({ grouping });
  }

  show(shown: TaskId | undefined): void {
    this.store.setState({ shown });
  }

  cancel(task: TaskId): Promise<void> {
    return this.#act(() => this.#options.client.task.cancel({ task }));
  }

  hold(task: TaskId): Promise<void> {
    return this.#act(() => this.#options.client.task.hold({ task }));
  }

  release(task: TaskId): Promise<void> {
    return this.#act(() => this.#options.client.task.release({ task }));
  }

  prioritise(task: TaskId, priority: Priority): Promise<void> {
    return this.#act(() => this.#options.client.task.prioritise({ task, priority }));
  }

  /** A map keeps the order of coming: tasks that were there stay in their places. */
  #note(task: Task): void {
    if (!this.#known.has(task.id)) {
      if (task.createdAt < this.#newestAt) this.#isSorted = false;
      else this.#newestAt = task.createdAt;
    }
    this.#known.set(task.id, task);
  }

  #sort(): void {
    if (this.#isSorted) return;
    this.#isSorted = true;
    const sorted = [...this.#known.values()].sort((a, b) => a.createdAt - b.createdAt);
    this.#known.clear();
    for (const task of sorted) this.#known.set(task.id, task);
  }

  /** What has not ended stays, however long ago it came. */
  #forgetOldest(): void {
    for (const [id, task] of this.#known) {
      if (this.#known.size <= MOST) return;
      if (hasEnded(task)) this.#known.delete(id);
    }
  }

  async #act(act: () => Promise<Task>): Promise<void> {
    try {
      this.take([await act()]);
    } catch (thrown) {
      this.#options.onFailure(thrown);
    }
  }
}
