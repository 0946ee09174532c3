import type { Areas } from '../../../../schema/contract/areas.ts';
import type { Client } from '../../../../schema/contract/contract.ts';
import { task as area, type Task } from '../../../../schema/contract/task.ts';
import type { TaskId } from '../../../../schema/entities.ts';
import { type Command, type CommandContext, isSet, stringOf } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { readNamedFile } from '../../input/named-file.ts';
import { table } from '../../output/print.ts';
import { sessionArgument } from '../sandbox/session.ts';
import { flag, value } from '../../option.ts';

const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);

/** The contract checks the form of an id; the command line only hands it on. */
function taskArgument(context: CommandContext): TaskId {
  return (context.positionals[0] ?? '') as TaskId;
}

function tableOf(tasks: readonly Task[]): string {
  if (tasks.length === 0) return 'no tasks\n';
  const rows = tasks.map(({ id, name, state, priority, session, createdAt, failure }) => [
    id,
    name,
    failure === undefined ? state : `${state}: ${failure.code}`,
    String(priority),
    session ?? '-',
    new Date(createdAt).toISOString(),
  ]);
  return table([['TASK', 'NAME', 'STATE', 'PRIORITY', 'SESSION', 'CREATED'], ...rows]);
}

const list: Command = {
  words: ['task', 'list'],
  usage: 'task list [--session S]',
  about: area.members.list.about,
  options: { session: value('session', 'Only of this session, or in its sandbox') },
  positionals: [0, 0],
  document: '{ tasks: [{ id, name, kind, priority, session, profile, dependencies, state, steps, failure, … }] }',
  async run(context) {
    const client = await context.connect();
    const session = stringOf(context, 'session');
    const document = await client.task.list(session === undefined ? {} : { session: sessionArgument(session) });
    return { document, text: tableOf(document.tasks) };
  },
};

const show: Command = {
  words: ['task', 'show'],
  usage: 'task show TASK',
  about: area.members.get.about,
  positionals: [1, 1],
  takes: ['task'],
  document: 'a task',
  async run(context) {
    const client = await context.connect();
    const document = await client.task.get({ task: taskArgument(context) });
    return { document, text: `${JSON.stringify(document, null, 2)}\n` };
  },
};

const cancel: Command = {
  words: ['task', 'cancel'],
  usage: 'task cancel TASK',
  about: area.members.cancel.about,
  positionals: [1, 1],
  takes: ['task'],
  document: 'the task',
  async run(context) {
    const client = await context.connect();
    const document = await client.task.cancel({ task: taskArgument(context) });
    return { document, text: `${document.state} ${document.id}\n` };
  },
};

const submit: Command = {
  words: ['task', 'submit'],
  usage: 'task submit FILE [--session S] [--detach]',
  about:
    'Queue the tasks of a YAML file and wait until all of them have ended; --detach leaves them to a running kernel',
  options: {
    session: value('session', 'Only of this session, or in its sandbox'),
    detach: flag('Leave them to a running kernel'),
  },
  positionals: [1, 1],
  takes: ['file'],
  document:
    '{ tasks } once all have ended, exit code 1 when one failed; with --detach as they were queued; docs/scheduler.md has the file',
  async run(context) {
    const text = readNamedFile(context.positionals[0] ?? '');
    const client = await context.connect();
    const session = stringOf(context, 'session');
    const request = { text, ...(session === undefined ? {} : { session: sessionArgument(session) }) };
    const submitted = await client.task.submitFile(request, { signal: context.signal });
    const tasks = isSet(context, 'detach') ? submitted.tasks : await ended(client, submitted.tasks, context.signal);
    const failed = tasks.some(({ state }) => state === 'failed' || state === 'cancelled');
    return { document: { tasks }, text: tableOf(tasks), exitCode: failed ? EXIT.failed : EXIT.ok };
  },
};

/** The tasks as they are once all of them have ended. */
async function ended(client: Client<Areas>, tasks: readonly Task[], signal: AbortSignal): Promise<readonly Task[]> {
  const waited = new Set(tasks.map(({ id }) => id));
  const states = async (): Promise<readonly Task[]> =>
    Promise.all(tasks.map(({ id }) => client.task.get({ task: id })));
  for await (const event of client.task.watch({}, { signal })) {
    for (const { id, state } of event.tasks) if (ENDED.has(state)) waited.delete(id);
    if (waited.size === 0) break;
    // The first picture is not of everything that there was.
    if (event.tasks.length !== 1) {
      for (const { id, state } of await states()) if (ENDED.has(state)) waited.delete(id);
      if (waited.size === 0) break;
    }
  }
  return states();
}

export const taskCommands: readonly Command[] = [list, show, cancel, submit];
