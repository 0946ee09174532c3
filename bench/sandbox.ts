import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import type { SessionId } from '../schema/entities.ts';
import { newId } from '../main/base/id.ts';
import { execute } from '../main/kernel/sandboxes/execute.ts';
import type { Sandboxes } from '../main/kernel/sandboxes/sandboxes.ts';
import { type EngineName, TEST_IMAGE } from '../main/platform/container-engine/testing/engines.ts';
import { SandboxMachine } from '../main/platform/container-engine/testing/sandbox-machine.ts';
import { benchEngine } from './bench-engine.ts';
import { BareContainer } from './bare-container.ts';
import { type Metrics, percentile, timeMetric, timed } from './metric.ts';
import { type BenchParts, READY, crowdBench, openTerminal, warmBench } from './sandbox-crowd.ts';

export interface SandboxBenchOptions {
  readonly engine: EngineName;
  readonly starts?: number;
  readonly warmStarts?: number;
  readonly crowd?: number;
  readonly calls?: number;
  readonly commands?: number;
}

const MS = 'ms';
const WARM_UP_CALLS = 200;
const TRUE = ['true'];

/** Cold and warm starts, calls, commands, terminals, ends and a crowd of sandboxes, each beside the bare engine's own; both sides take turns. */
export async function sandboxBench(options: SandboxBenchOptions): Promise<Metrics> {
  const { starts = 20, warmStarts = 100, calls = 4000, commands = 100, crowd = 50 } = options;
  await using opened = await benchEngine(options.engine);
  const poolLimitBytes = 2 * 1024 ** 3;
  await using machine = await SandboxMachine.open({ connect: async () => opened.engine, poolLimitBytes });
  const workspace = join(machine.folder, 'workspace');
  mkdirSync(workspace);
  writeFileSync(join(workspace, 'README.md'), '# A workspace\n');
  const api = new Docker({ socketPath: opened.socket });
  const parts = { api, bare: { parent: machine.folder, image: TEST_IMAGE }, workspace };
  const cold = await withPool(machine, 'off', (sandboxes) => new SandboxBench(sandboxes, parts).starts(starts));
  const called = await withPool(machine, 'off', (sandboxes) =>
    new SandboxBench(sandboxes, parts).calls(calls, commands),
  );
  const warm = await withPool(machine, 'on', (sandboxes) => warmBench(sandboxes, { ...parts, starts: warmStarts }));
  const crowded = await withPool(machine, 'off', (sandboxes) => crowdBench(sandboxes, { ...parts, count: crowd }));
  return { ...cold, ...called, ...warm, ...crowded };
}

/** A pool that fills itself while something else is measured would be measured with it. */
async function withPool<T>(
  machine: SandboxMachine,
  pool: 'on' | 'off',
  work: (sandboxes: Sandboxes) => Promise<T>,
): Promise<T> {
  await using sandboxes = machine.sandboxes({ pool });
  return await work(sandboxes);
}

class SandboxBench {
  readonly #sandboxes: Sandboxes;
  readonly #api: Docker;
  readonly #bare: { readonly parent: string; readonly image: string };
  readonly #workspace: string;

  constructor(sandboxes: Sandboxes, parts: BenchParts) {
    this.#sandboxes = sandboxes;
    this.#api = parts.api;
    this.#bare = parts.bare;
    this.#workspace = parts.workspace;
  }

  async starts(count: number): Promise<Metrics> {
    const samples = {
      cold: [] as number[],
      coldFloor: [] as number[],
      destroy: [] as number[],
      destroyFloor: [] as number[],
    };
    for (let turn = -1; turn < count; turn++) {
      const ourTurn = (): Promise<readonly [number, number]> => this.#startAndStop();
      const floorTurn = (): Promise<readonly [number, number]> => this.#startAndStopBare();
      // Who is first pays for what the one before left to do; so they change places.
      const first = turn % 2 === 0 ? await ourTurn() : undefined;
      const floor = await floorTurn();
      const ours = first ?? (await ourTurn());
      // The first turn also pays for what is done once for the program: loading the engine's client, a user namespace.
      if (turn < 0) continue;
      samples.cold.push(ours[0]);
      samples.destroy.push(ours[1]);
      samples.coldFloor.push(floor[0]);
      samples.destroyFloor.push(floor[1]);
    }
    return {
      cold_ready: timeMetric(samples.cold, MS, samples.coldFloor),
      destroy: timeMetric(samples.destroy, MS, samples.destroyFloor),
    };
  }

  async #startAndStop(): Promise<readonly [number, number]> {
    const session = newId<SessionId>();
    const coldMs = await timed(() => this.#start(session));
    const destroyMs = await timed(() => this.#sandboxes.stop(session));
    await this.#sandboxes.remove(session);
    return [coldMs, destroyMs];
  }

  async #startAndStopBare(): Promise<readonly [number, number]> {
    await using bare = await BareContainer.start(this.#api, this.#bare);
    return [bare.readyMs, await bare.destroy()];
  }

  async calls(calls: number, commands: number): Promise<Metrics> {
    await using bare = await BareContainer.start(this.#api, this.#bare);
    const session = newId<SessionId>();
    await this.#start(session);
    const connection = this.#sandboxes.connection(session);
    const ours: number[] = [];
    const floor: number[] = [];
    for (let turn = 0; turn < WARM_UP_CALLS + calls; turn++) {
      const floorMs = await bare.roundTrip(String(turn));
      const ourMs = await timed(() => connection.request('stats', {}));
      if (turn < WARM_UP_CALLS) continue;
      ours.push(ourMs);
      floor.push(floorMs);
    }
    const exec = await inTurns(commands, [() => this.#exec(session), () => bare.exec(TRUE, 'pipes')]);
    const terminal = await inTurns(commands, [
      () => openTerminal(this.#sandboxes.connection(session)),
      () => bare.exec(READY, 'terminal'),
    ]);
    await this.#sandboxes.remove(session);
    return {
      call_overhead: { ...timeMetric(ours, MS, floor), peers: { 'engine exec p99': percentile(exec[1], 0.99) } },
      exec: timeMetric(exec[0], MS, exec[1]),
      terminal_open: timeMetric(terminal[0], MS, terminal[1]),
    };
  }

  async #start(session: SessionId): Promise<void> {
    const signal = AbortSignal.timeout(60_000);
    await this.#sandboxes.start({ session, workspace: this.#workspace, profile: 'workspace', signal });
  }

  async #exec(session: SessionId): Promise<number> {
    return timed(async () => {
      const connection = this.#sandboxes.connection(session);
      for await (const event of execute(connection, { argv: TRUE }, AbortSignal.timeout(60_000))) {
        if (event.type === 'exit' && event.exitCode !== 0) throw new Error('true failed');
      }
    });
  }
}

/** Ours and the floor's, one after the other, so that both meet the same machine. */
async function inTurns(
  count: number,
  [ours, floor]: readonly [() => Promise<number>, () => Promise<number>],
): Promise<readonly [number[], number[]]> {
  const samples: [number[], number[]] = [[], []];
  for (let turn = 0; turn < count; turn++) {
    samples[0].push(await ours());
    samples[1].push(await floor());
  }
  return samples;
}
