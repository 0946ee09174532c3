import type { SchedulesStore } from './schedules-store.ts';
import type { TasksStore } from './tasks-store.ts';

export interface TaskStores {
  readonly tasks: TasksStore;
  readonly schedules: SchedulesStore;
}
