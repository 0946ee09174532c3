import { Workflow } from 'lucide-react';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { EmptyState } from '../../ui/empty-state.tsx';
import { messages } from './messages.ts';
import { relatedTasks } from './related-tasks.ts';
import type { TasksStore } from './tasks-store.ts';

const TaskGraphPicture = lazy(async () => ({
  default: (await import('./task-graph-picture.tsx')).TaskGraphPicture,
}));

/** What depends on what. The picture follows the states; it is laid out anew only when other tasks belong to it. */
export function TaskGraph({ tasks: store }: { readonly tasks: TasksStore }) {
  const { tasks, shown } = useStore(store.store);
  // Choosing a task within the picture must not draw another one.
  const [root, setRoot] = useState(shown);
  const isInside = useMemo(() => relatedTasks(tasks, root), [tasks, root]);
  if (shown !== undefined && shown !== root && !isInside.tasks.some(({ id }) => id === shown)) setRoot(shown);
  const { tasks: drawn, all } = isInside;
  if (drawn.length === 0) {
    return (
      <EmptyState icon={Workflow} title={messages.noGraph}>
        {messages.noGraphText}
      </EmptyState>
    );
  }
  return (
    <div className="task-graph">
      {drawn.length < all ? <p className="task-graph-cut">{messages.graphCut(drawn.length, all)}</p> : null}
      <Suspense fallback={null}>
        <TaskGraphPicture store={store} drawn={drawn} shown={shown} />
      </Suspense>
    </div>
  );
}
