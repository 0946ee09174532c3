import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Task as TaskDocument, TaskRequest } from '../../../schema/contract/task.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { systemClock } from '../../base/clock.ts';
import { newId } from '../../base/id.ts';
import { silentLogger } from '../../base/logger.ts';
import { execute } from '../../kernel/sandboxes/execute.ts';
import type { Sandboxes } from '../../kernel/sandboxes/sandboxes.ts';
import { heldForTasks } from '../../kernel/sandboxes/standstill.ts';
import { Scheduler } from '../../kernel/scheduler/scheduler.ts';
import { type EngineName, type TestEngine, openEngine, presentEngines } from './testing/engines.ts';
import { SandboxMachine } from './testing/sandbox-machine.ts';

const signal = AbortSignal.timeout(600_000);
const BY = { actor: 'operator', tags: ['operator'], containerId: '' };
/** Three tests, the second of which comes to its end only when it is let. */
const SUITE = `
const { test } = require('node:test');
const { existsSync } = require('node:fs');
test('first', () => {});
test('second', async () => {
  console.error('in the middle');
  while (!existsSync('/workspace/go')) await new Promise((resolve) => setTimeout(resolve, 20));
});
test('third', () => {});
`;

describe.each(presentEngines())('preemption on %s', (name: EngineName) => {
  let opened: TestEngine;
  let machine: SandboxMachine;
  let sandboxes: Sandboxes;
  let low: SessionId;
  let high: SessionId;

  beforeAll(async () => {
    opened = await openEngine(name);
    machine = await SandboxMachine.open({ connect: async () => opened.engine });
    sandboxes = machine.sandboxes();
    const workspace = join(machine.folder, 'workspace');
    await mkdir(workspace);
    await writeFile(join(workspace, 'suite.test.cjs'), SUITE);
    [low, high] = [newId<SessionId>(), newId<SessionId>()];
    await Promise.all(
      [low, high].map((session) => sandboxes.start({ session, workspace, profile: 'workspace', signal })),
    );
  });
  afterAll(async () => {
    await sandboxes?.[Symbol.asyncDispose]();
    await machine?.[Symbol.asyncDispose]();
    await opened?.[Symbol.asyncDispose]();
  });

  it('pauses a test run in the middle, and it ends with the same result', async () => {
    await using bench = new RealScheduler(sandboxes, 1000);
    const [run] = await bench.submit({ name: 'run', session: low, command: TEST_RUN, priority: 5 });
    await bench.output('in the middle');
    const [first] = await bench.submit({ name: 'first', session: high, command: ['echo', 'done'], priority: 2 });
    await bench.reaches(first, 'completed');
    const steps = await bench.reaches(run, 'running', 2);
    expect(steps).toEqual(['queued', 'running', 'paused', 'running']);
    await bench.exec(low, ['touch', '/workspace/go']);
    await bench.reaches(run, 'completed');
    const { result } = bench.scheduler.get(run?.id ?? '');
    expect(String(result)).toMatch(/# pass 3\n# fail 0/);
    await bench.exec(low, ['rm', '/workspace/go']);
  });

  it('ends a task that may be repeated where memory is short, and it runs again from its beginning', async () => {
    await using bench = new RealScheduler(sandboxes, 10);
    const command = [
      'sh',
      '-c',
      'echo try >> /workspace/tries; echo begun; while [ ! -e /workspace/go ]; do sleep 0.05; done',
    ];
    const retry = { times: 1, delayMs: 0 };
    const [again] = await bench.submit({ name: 'again', session: low, command, priority: 5, retry });
    await bench.output('begun');
    const [first] = await bench.submit({ name: 'first', session: high, command: ['true'], priority: 2 });
    await bench.reaches(first, 'completed');
    const steps = await bench.reaches(again, 'running', 2);
    expect(steps).toEqual(['queued', 'running', 'queued', 'running']);
    await bench.exec(low, ['touch', '/workspace/go']);
    await bench.reaches(again, 'completed');
    expect(await bench.exec(low, ['cat', '/workspace/tries'])).toBe('try\ntry\n');
  });
});

const TEST_RUN = ['node', '--test', '--test-reporter=tap', '/workspace/suite.test.cjs'];

/** A scheduler with one place whose tasks are commands in real sandboxes. */
class RealScheduler implements AsyncDisposable {
  readonly scheduler: Scheduler;
  readonly #sandboxes: Sandboxes;
  #output = '';
  #onOutput: () => void = () => undefined;

  constructor(sandboxes: Sandboxes, memoryBytes: number) {
    this.#sandboxes = sandboxes;
    const kept = new Map<string, TaskDocument>();
    this.scheduler = new Scheduler({
      limits: {
        globalMax: 1,
        memoryBytes,
        profiles: { workspace: { slots: 1, memoryBytes: 10 } },
        ageThresholdMs: 60_000,
        settleMs: 1000,
      },
      store: {
        all: () => [],
        put: (task) => void kept.set(task.id, task),
        putSynced: async (task) => void kept.set(task.id, task),
        delete: (id) => void kept.delete(id),
      },
      sandboxes: heldForTasks(sandboxes),
      perform: (task, aborted) => this.#perform(task, aborted),
      profileOf: () => 'workspace',
      effectOf: () => 'write',
      audit: { record: () => undefined },
      clock: systemClock,
      logger: silentLogger,
    });
  }

  submit(request: TaskRequest): Promise<TaskDocument[]> {
    return this.scheduler.submit([request], BY);
  }

  async output(text: string): Promise<void> {
    while (!this.#output.includes(text)) {
      await new Promise<void>((resolve) => {
        this.#onOutput = resolve;
      });
    }
  }

  /** Waits until the task has been in a state so often; gives all its states. */
  async reaches(task: TaskDocument | undefined, state: string, times = 1): Promise<string[]> {
    const stopping = new AbortController();
    try {
      for await (const _ of this.scheduler.watch(stopping.signal)) {
        const steps = this.scheduler.get(task?.id ?? '').steps.map((step) => step.state);
        if (steps.filter((step) => step === state).length >= times) return steps;
      }
    } finally {
      stopping.abort();
    }
    throw new Error('The scheduler has ended');
  }

  async exec(session: SessionId, argv: readonly string[]): Promise<string> {
    let text = '';
    for await (const event of execute(this.#sandboxes.connection(session), { argv }, signal)) {
      if (event.type === 'output') text += Buffer.from(event.base64, 'base64').toString();
    }
    return text;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.scheduler[Symbol.asyncDispose]();
  }

  async #perform({ job, session }: TaskDocument, aborted: AbortSignal): Promise<string> {
    if (session === undefined || job === undefined) throw new Error('It is a command in a session');
    const order = job.input as { argv: string[] }; // as submitted above
    let text = '';
    for await (const event of execute(this.#sandboxes.connection(session), order, aborted)) {
      if (event.type !== 'output') continue;
      const chunk = Buffer.from(event.base64, 'base64').toString();
      text += chunk;
      this.#output += chunk;
      this.#onOutput();
    }
    return text;
  }
}
