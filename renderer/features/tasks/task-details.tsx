import { X } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { Task } from '../../../schema/contract/task.ts';
import type { Failure, TaskId } from '../../../schema/entities.ts';
import { IconButton } from '../../ui/button.tsx';
import { Remedy } from '../../ui/failure-notice.tsx';
import { inWords } from '../../ui/failure-words.ts';
import { formatClock, formatDuration } from '../../ui/format.ts';
import { ResultView } from '../../ui/result-view.tsx';
import { messages } from './messages.ts';
import { TaskActions, TaskPriority } from './task-actions.tsx';
import { useSessionName } from './task-queue.tsx';
import { hasEnded } from './task-groups.ts';
import { TaskStateLabel } from './task-state.tsx';
import type { TasksStore } from './tasks-store.ts';

/** One task: where it stands, what it waited for and who paused it, and how it ended. */
export function TaskDetails({ tasks: store, task }: { readonly tasks: TasksStore; readonly task: Task }) {
  const { tasks } = useStore(store.store);
  const sessionName = useSessionName();
  const nameOf = (id: TaskId): string => tasks.get(id)?.name ?? id;
  const dependents = [...tasks.values()].filter(({ dependencies }) => dependencies.includes(task.id));
  return (
    <aside className="task-details" aria-label={messages.details}>
      <header className="task-details-head">
        <h2 className="truncate">{task.name}</h2>
        <TaskActions tasks={store} task={task} />
        <IconButton icon={X} label={messages.close} onClick={() => store.show(undefined)} />
      </header>
      <p className="task-details-state">
        <TaskStateLabel state={task.state} />
        <TaskPriority tasks={store} task={task} />
      </p>
      {task.failure ? <TaskFailure failure={task.failure} /> : null}
      <section>
        <h3>{messages.story}</h3>
        <ol className="task-story">
          {task.steps.map(({ at, state, why, by }, index) => (
            // Steps are only ever added at the end.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={index}>
              <time>{formatClock(at).slice(0, 10)}</time>
              <span>{messages.step(messages.states[state], why, by === undefined ? undefined : nameOf(by))}</span>
              <span className="task-story-time">{lastedText(task, index)}</span>
            </li>
          ))}
        </ol>
      </section>
      <Links title={messages.dependencies} ids={task.dependencies} nameOf={nameOf} store={store} />
      <Links title={messages.dependents} ids={dependents.map(({ id }) => id)} nameOf={nameOf} store={store} />
      {task.job === undefined ? null : <Job job={task.job} />}
      <Result store={store} task={task} />
      <dl className="task-facts">
        <dt>{messages.columns.session}</dt>
        <dd>{sessionName(task.session ?? '')}</dd>
        <dt>{messages.kind}</dt>
        <dd>{task.kind}</dd>
        <dt>{messages.profile}</dt>
        <dd>{task.profile}</dd>
        <dt>{messages.id}</dt>
        <dd className="task-id">{task.id}</dd>
      </dl>
    </aside>
  );
}

function TaskFailure({ failure }: { readonly failure: Failure }) {
  const { message, why, fix } = inWords(failure);
  return (
    <section>
      <h3>{messages.failure}</h3>
      <p className="task-failure">{message}</p>
      {why === undefined ? null : <p className="task-failure-why">{why}</p>}
      {fix === undefined ? null : <Remedy text={fix} />}
    </section>
  );
}

/** What it runs: a command as one would type it, or a call with its input. */
function Job({ job }: Required<Pick<Task, 'job'>>) {
  const command = commandOf(job.input);
  return (
    <section>
      <h3>{command === undefined ? messages.call(job.call) : messages.command}</h3>
      <ResultView result={command ?? job.input} />
    </section>
  );
}

function commandOf(input: unknown): string | undefined {
  const argv = typeof input === 'object' && input !== null && 'argv' in input ? input.argv : undefined;
  if (!Array.isArray(argv)) return undefined;
  return argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}

function Result({ store, task }: { readonly store: TasksStore; readonly task: Task }) {
  const { given } = useStore(store.store);
  const ended = hasEnded(task);
  useEffect(() => {
    if (!ended) return undefined;
    const abort = new AbortController();
    void store.readResult(task.id, abort.signal);
    return () => abort.abort();
  }, [store, task.id, ended]);
  if (given?.task !== task.id || given.result === undefined) return null;
  return (
    <section>
      <h3>{messages.result}</h3>
      <ResultView result={given.result} />
    </section>
  );
}

function lastedText({ steps }: Task, index: number): string {
  const [step, next] = [steps[index], steps[index + 1]];
  return step === undefined || next === undefined || next.at - step.at < 1 ? '' : formatDuration(next.at - step.at);
}

interface LinksProps {
  readonly title: string;
  readonly ids: readonly TaskId[];
  readonly nameOf: (id: TaskId) => string;
  readonly store: TasksStore;
}

function Links({ title, ids, nameOf, store }: LinksProps) {
  if (ids.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul className="task-links">
        {ids.map((id) => (
          <li key={id}>
            <button type="button" className="task-pick truncate" onClick={() => store.show(id)}>
              {nameOf(id)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
