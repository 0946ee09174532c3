import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Task } from '../../schema/contract/task.ts';
import type { SessionId } from '../../schema/entities.ts';
import { timelineOf } from '../kernel/scheduler/testing/task-timeline.ts';
import { type EngineName, openEngine, presentEngines } from '../platform/container-engine/testing/engines.ts';
import { linuxCalls } from '../platform/workspace-layer/linux-calls.ts';
import { mountsBelow } from '../platform/workspace-layer/mount-table.ts';
import { type KernelProcess, startKernel } from './testing/kernel-process.ts';
import { hasMadeRoom, isHead, isOver, letGo, taskLoad, wasInterrupted } from './testing/task-load.ts';

const isLong = process.env['CAVERN_LONG'] === '1';
const TASKS = isLong ? 200 : 20;
const ENGINES: readonly EngineName[] = isLong ? presentEngines() : ['docker'];
/** Only guards against hanging. */
const LIMIT_MS = 600_000;
const PROFILE = 'load';

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

/** A home whose sandboxes need little memory, so that whoever makes room is paused and not ended, however small the machine is. */
async function newHome(): Promise<{ home: string; workspace: string }> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'cavern-load-')));
  opened.push({
    async [Symbol.asyncDispose]() {
      for (const point of await mountsBelow(folder)) linuxCalls().unmount(point);
      await rm(folder, { recursive: true, force: true });
    },
  });
  const [home, workspace] = [join(folder, 'home'), join(folder, 'workspace')];
  await mkdir(workspace);
  await mkdir(join(home, 'profiles'), { recursive: true, mode: 0o700 });
  await writeFile(join(home, 'settings.json'), JSON.stringify({ tasksAtOnce: 4, sandboxPoolMiB: 0 }));
  const profile = await readFile(join(import.meta.dirname, '../../profiles/workspace.yaml'), 'utf8');
  await writeFile(
    join(home, 'profiles', `${PROFILE}.yaml`),
    profile.replace(/^name: .*$/m, `name: ${PROFILE}`).replace(/^memory: .*$/m, 'memory: 256MiB'),
  );
  return { home, workspace };
}

async function tasksOf({ client }: KernelProcess): Promise<Task[]> {
  const { tasks } = await client.task.list({ limit: 1000 });
  return tasks.filter(({ job }) => job !== undefined);
}

async function reached(kernel: KernelProcess, is: (all: readonly Task[]) => boolean): Promise<Task[]> {
  await expect.poll(async () => is(await tasksOf(kernel)), { timeout: LIMIT_MS, interval: 200 }).toBe(true);
  return tasksOf(kernel);
}

describe.each(ENGINES)(`${TASKS} tasks of five priorities in three sandboxes on %s`, (name) => {
  test('end as they should, with two that make room for others and the kernel killed in the middle', {
    timeout: LIMIT_MS,
  }, async () => {
    const engine = await openEngine(name);
    opened.push(engine);
    const { home, workspace } = await newHome();
    let kernel = await startKernel({ home, socket: engine.socket });
    opened.push({ [Symbol.asyncDispose]: () => kernel.end('SIGKILL') });
    const sessions: SessionId[] = [];
    for (let index = 0; index < 3; index += 1) {
      sessions.push((await kernel.client.session.create({ workspace, profile: PROFILE })).id);
    }
    const [busy, ...calm] = sessions;
    if (busy === undefined) throw new Error('There is no session');
    const { first, later } = taskLoad(TASKS, busy, calm);
    await kernel.client.task.submit({ tasks: [...first] });
    await reached(kernel, (all) => all.filter((task) => isHead(task) && task.state === 'running').length === 2);
    await kernel.client.task.submit({ tasks: [...later] });
    await reached(kernel, (all) => all.filter(hasMadeRoom).length >= 2);
    await kernel.end('SIGKILL');
    kernel = await startKernel({ home, socket: engine.socket });
    await kernel.client.task.submit({ tasks: calm.map(letGo) });
    const ended = await reached(kernel, (all) => all.every(isOver));
    if (process.env['CAVERN_TIMELINE']) await writeFile(process.env['CAVERN_TIMELINE'], timelineOf(ended));
    expect(ended).toHaveLength(TASKS + calm.length);
    expect(ended.filter(({ state }) => state !== 'completed')).toEqual([]);
    // The heads of the graphs could not end before they were let go, so they were broken off, and ran again.
    expect(ended.filter(isHead).every(wasInterrupted)).toBe(true);
    for (const session of sessions) await kernel.client.session.remove({ session });
    await kernel.end('SIGTERM');
  });
});
