import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Task, TaskRequest } from '../../schema/contract/task.ts';
import { timelineOf } from './testing/task-timeline.ts';

const cli = resolve(import.meta.dirname, '..', '..', 'out', 'cli', 'index.js');
const TASKS = 200;
/** A quarter of all in each of the two graphs. */
const GRAPH = TASKS / 4;
const LOOK_EVERY_MS = 500;

let folder = '';
let kernel: ChildProcess | undefined;
const environment = () => ({ ...process.env, CAVERN_HOME: join(folder, 'home') });

async function cavern<T>(...args: string[]): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args, '--json'], {
    env: environment(),
    maxBuffer: 64 * 1024 * 1024,
  });
  // What the command line's documents are is tested elsewhere.
  return JSON.parse(stdout) as T;
}

async function serve(): Promise<void> {
  kernel = spawn(process.execPath, [cli, 'serve'], { env: environment(), stdio: ['ignore', 'pipe', 'ignore'] });
  if (kernel.stdout) await once(kernel.stdout, 'data');
}

async function stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const ended = kernel && once(kernel, 'exit');
  kernel?.kill(signal);
  await ended;
}

async function tasks(): Promise<Task[]> {
  return (await cavern<{ tasks: Task[] }>('task', 'list')).tasks;
}

async function until(isReached: (all: readonly Task[]) => boolean): Promise<Task[]> {
  for (;;) {
    const all = await tasks();
    if (isReached(all)) return all;
    await delay(LOOK_EVERY_MS);
  }
}

/** The two that are paused run alone in their sandboxes, until `go` says that they may end: what else there is for these waits for them. */
function load([busy = '', ...calm]: readonly string[]): { first: TaskRequest[]; later: TaskRequest[] } {
  const retry = { times: 2, delayMs: 50 };
  const first = calm.flatMap((session, of): TaskRequest[] => [
    {
      name: `long-${of}`,
      session: session as never, // as the kernel has named it
      command: ['sh', '-c', 'until [ -e go ]; do sleep 0.2; done; echo done'],
      priority: 5,
      retry,
    },
    ...Array.from(
      { length: GRAPH - 1 },
      (_, index): TaskRequest => ({
        name: `after-${of}-${index}`,
        session: session as never, // as above
        command: ['sh', '-c', `echo ${index} >> ran`],
        priority: ((index % 4) + 2) as 2 | 3 | 4 | 5, // from 2 to 5
        preemptible: false,
        retry,
        dependencies: [index < 7 ? `long-${of}` : `after-${of}-${index - 7}`],
      }),
    ),
  ]);
  const later = Array.from(
    { length: TASKS - first.length },
    (_, index): TaskRequest => ({
      name: `task-${index}`,
      session: busy as never, // as above
      command: ['sh', '-c', `echo ${index} >> ran; sleep 0.5`],
      priority: ((index % 4) + 1) as 1 | 2 | 3 | 4, // from 1 to 4
      preemptible: false,
      retry,
    }),
  );
  return { first, later };
}

describe(`${TASKS} tasks of five priorities on three real sandboxes`, () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cavern-load-'));
    await mkdir(join(folder, 'workspace'));
    await mkdir(join(folder, 'home'), { mode: 0o700 });
    await writeFile(join(folder, 'home', 'settings.json'), JSON.stringify({ tasksAtOnce: 4 }));
    await serve();
  });
  afterAll(async () => {
    const { sessions } = await cavern<{ sessions: { id: string }[] }>('session', 'list');
    for (const { id } of sessions) await cavern('session', 'rm', id);
    await stop('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  });

  test('all end as they should, with two paused for others and the kernel killed in the middle', async () => {
    const sessions: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      const run = ['run', join(folder, 'workspace'), '--keep'];
      const { stdout } = await promisify(execFile)(process.execPath, [cli, ...run, '--json', '--', 'true'], {
        env: environment(),
      });
      sessions.push((JSON.parse(stdout) as { session: string }).session); // as cavern() above
    }
    const { first, later } = load(sessions);
    const file = join(folder, 'tasks.json');
    await writeFile(file, JSON.stringify({ tasks: first }));
    await cavern('task', 'submit', file, '--detach');
    await until((all) => all.filter(({ name, state }) => name.startsWith('long') && state === 'running').length === 2);
    await writeFile(file, JSON.stringify({ tasks: later }));
    await cavern('task', 'submit', file, '--detach');
    const paused = (all: readonly Task[]): Task[] =>
      all.filter(({ steps }) => steps.some(({ state, by }) => state === 'paused' && by !== undefined));
    await until((all) => paused(all).length >= 2);
    await stop('SIGKILL');
    await serve();
    const go = sessions
      .slice(1)
      .map((session, of) => ({ name: `go-${of}`, session, command: ['touch', 'go'], priority: 2 }));
    await writeFile(file, JSON.stringify({ tasks: go }));
    await cavern('task', 'submit', file, '--detach');
    const isOver = ({ state }: Task): boolean => state === 'completed' || state === 'failed' || state === 'cancelled';
    const kept = (all: readonly Task[]): Task[] => all.filter(({ job }) => job !== undefined);
    const ended = kept(await until((all) => kept(all).every(isOver)));
    if (process.env['CAVERN_TIMELINE']) await writeFile(process.env['CAVERN_TIMELINE'], timelineOf(ended));
    expect(ended).toHaveLength(TASKS + go.length);
    expect(ended.filter(({ state }) => state !== 'completed')).toEqual([]);
    // That a task runs is on disk before it does, whenever the kernel is killed.
    const interrupted = ended.filter(({ steps }) => steps.some(({ why }) => why === 'interrupted'));
    expect(interrupted.length).toBeGreaterThanOrEqual(1);
  }, 300_000);
});
