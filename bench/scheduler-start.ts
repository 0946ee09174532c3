import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Task } from '../schema/contract/task.ts';
import type { SessionId } from '../schema/entities.ts';
import { systemClock } from '../main/base/clock.ts';
import { silentLogger } from '../main/base/logger.ts';
import type { Sandboxes } from '../main/kernel/sandboxes/sandboxes.ts';
import { Scheduler } from '../main/kernel/scheduler/scheduler.ts';
import type { EngineName } from '../main/platform/container-engine/testing/engines.ts';
import { SandboxMachine } from '../main/platform/container-engine/testing/sandbox-machine.ts';
import { Storage } from '../main/platform/sqlite/storage.ts';
import { type Metrics, timeMetric, timed } from './metric.ts';
import { benchEngine } from './bench-engine.ts';

const STARTS = 30;
const AHEAD = 2;
const REFILL_LIMIT_MS = 120_000;
const POOL_BYTES = 2 * 1024 ** 3;
const PROFILE = 'workspace';
const BY = { actor: 'operator', tags: ['operator'], containerId: '' };

/**
 * From the submission of a task on an idle machine until the sandbox that it starts has answered, with all that makes the
 * queue durable; in turn with the same start of the same warm sandbox without the scheduler.
 */
export async function submitToStartBench(engine: EngineName): Promise<Metrics> {
  await using opened = await benchEngine(engine);
  await using machine = await SandboxMachine.open({ connect: async () => opened.engine, poolLimitBytes: POOL_BYTES });
  const workspace = join(machine.folder, 'workspace');
  mkdirSync(workspace);
  writeFileSync(join(workspace, 'README.md'), '# A workspace\n');
  await using sandboxes = machine.sandboxes({ pool: 'on' });
  const start = (): Promise<SessionId> => startWarm(sandboxes, workspace);
  await using storage = await Storage.open({
    database: join(machine.folder, 'bench.db'),
    clock: systemClock,
    logger: silentLogger,
  });
  let started: SessionId | undefined;
  let onStarted = (): void => undefined;
  await using scheduler = await openScheduler(storage, async () => {
    started = await start();
    onStarted();
  });
  let kept: Promise<unknown> = Promise.resolve();
  const submitted = async (): Promise<void> => {
    const isStarted = new Promise<void>((resolve) => {
      onStarted = resolve;
    });
    // That the task is on disk is what the submission is answered with; it may start before, and that is what is asked here.
    kept = scheduler.submit([{ name: 'start', call: 'session.list' }], BY);
    await Promise.race([isStarted, kept.then(() => isStarted)]);
  };
  // The pool fills itself for what was started within the last minute.
  for (let first = 0; first < AHEAD; first += 1) await sandboxes.remove(await start());
  const [ours, floor]: [number[], number[]] = [[], []];
  while (ours.length < STARTS) {
    await ready(sandboxes);
    ours.push(await timed(submitted));
    await kept;
    if (started !== undefined) await sandboxes.remove(started);
    await ready(sandboxes);
    let bare: SessionId | undefined;
    floor.push(
      await timed(async () => {
        bare = await start();
      }),
    );
    if (bare !== undefined) await sandboxes.remove(bare);
  }
  return { submit_to_start: timeMetric(ours, 'ms', floor) };
}

async function startWarm(sandboxes: Sandboxes, workspace: string): Promise<SessionId> {
  const session = sandboxes.sessionFor(workspace, PROFILE);
  await sandboxes.start({ session, workspace, profile: PROFILE, signal: AbortSignal.timeout(REFILL_LIMIT_MS) });
  await sandboxes.connection(session).request('stats', {});
  return session;
}

async function openScheduler(storage: Storage, perform: () => Promise<void>): Promise<Scheduler> {
  const tasks = await storage.collection('task', Task);
  return new Scheduler({
    limits: {
      globalMax: 4,
      memoryBytes: POOL_BYTES,
      profiles: { kernel: { slots: 4, memoryBytes: 0 } },
      ageThresholdMs: 30_000,
      settleMs: 1000,
    },
    store: {
      all: () => tasks.all(),
      put: (task) => tasks.put(task.id, task),
      putSynced: (task) => tasks.putSynced(task.id, task),
      delete: (id) => tasks.delete(id),
    },
    sandboxes: { settle: async () => undefined, pause: async () => undefined, unpause: async () => undefined },
    perform,
    profileOf: () => 'kernel',
    effectOf: () => 'read',
    audit: { record: () => undefined },
    clock: systemClock,
    logger: silentLogger,
  });
}

async function ready(sandboxes: Sandboxes): Promise<void> {
  for (const untilMs = performance.now() + REFILL_LIMIT_MS; sandboxes.readyAhead < AHEAD; await delay(50)) {
    if (performance.now() > untilMs) throw new Error(`Cannot measure: ${sandboxes.readyAhead} of ${AHEAD} are ready`);
  }
}
