import { ListTodo } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { Task } from '../../../schema/contract/task.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { useVisible } from '../../ui/use-visible.ts';
import { messages } from './messages.ts';
import { SchedulesView } from './schedules-view.tsx';
import { TaskDetails } from './task-details.tsx';
import { TaskGraph } from './task-graph.tsx';
import { hasEnded } from './task-groups.ts';
import { TaskQueue } from './task-queue.tsx';
import type { TaskStores } from './task-stores.ts';
import { TaskTimeline } from './task-timeline.tsx';
import type { Grouping, TaskView } from './tasks-store.ts';
import './pictures.css';
import './schedules.css';
import './tasks.css';

const VIEW = 'tasks';
const GUESS_EVERY_MS = 5000;
const VIEWS = (['queue', 'graph', 'timeline', 'schedules'] as const).map((value) => ({
  value,
  label: messages.views[value],
}));
const GROUPINGS = [
  { value: 'priority', label: messages.byPriority },
  { value: 'session', label: messages.bySession },
] as const satisfies readonly { value: Grouping; label: string }[];

/** Everything that takes time: what runs and waits, what depends on what, who ran when, and what comes again. */
export function TasksPanel({ stores }: { readonly stores: TaskStores }) {
  const { tasks: store } = stores;
  const { tasks, view, grouping, shown } = useStore(store.store);
  const [ref, visible] = useVisible<HTMLDivElement>();
  useEffect(() => {
    const abort = new AbortController();
    void store.follow(abort.signal);
    return () => abort.abort();
  }, [store]);
  const hasWaiting = isAnyWaiting(tasks.values());
  useEffect(() => {
    if (!visible || !hasWaiting) return undefined;
    const abort = new AbortController();
    const guess = (): void => void store.guessStarts(abort.signal).catch(() => undefined);
    guess();
    const timer = setInterval(guess, GUESS_EVERY_MS);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [store, visible, hasWaiting]);
  const chosen = shown === undefined ? undefined : tasks.get(shown);
  const bar = (
    <>
      <Segmented<TaskView>
        label={messages.title}
        value={view}
        options={VIEWS}
        onChange={(next) => store.setView(next)}
      />
      {view === 'queue' ? (
        <Segmented<Grouping>
          label={messages.groupBy}
          value={grouping}
          options={GROUPINGS}
          onChange={(next) => store.group(next)}
        />
      ) : null}
      <span className="grow" />
      {view === 'schedules' ? null : <Counts stores={stores} />}
    </>
  );
  return (
    <Panel name={VIEW} bar={bar}>
      <div className="tasks" ref={ref}>
        {view === 'schedules' ? <SchedulesView schedules={stores.schedules} /> : null}
        {view !== 'schedules' && tasks.size === 0 ? (
          <EmptyState icon={ListTodo} title={messages.empty}>
            {messages.emptyText}
          </EmptyState>
        ) : null}
        {view === 'queue' && tasks.size > 0 ? <TaskQueue tasks={store} /> : null}
        {view === 'graph' && tasks.size > 0 ? <TaskGraph tasks={store} /> : null}
        {view === 'timeline' && tasks.size > 0 ? <TaskTimeline tasks={store} /> : null}
        {chosen && view !== 'schedules' ? <TaskDetails tasks={store} task={chosen} /> : null}
      </div>
    </Panel>
  );
}

function isAnyWaiting(tasks: Iterable<Task>): boolean {
  for (const { state } of tasks) if (state === 'queued' || state === 'waiting_dependency') return true;
  return false;
}

function Counts({ stores }: { readonly stores: TaskStores }) {
  const { tasks, reading } = useStore(stores.tasks.store);
  let running = 0;
  let live = 0;
  for (const task of tasks.values()) {
    if (hasEnded(task)) continue;
    live += 1;
    if (task.state === 'running') running += 1;
  }
  return (
    <span className="tasks-counts" aria-live="polite">
      {reading === undefined || reading === 0 ? messages.live(running, live - running) : messages.loadingAll(reading)}
    </span>
  );
}
