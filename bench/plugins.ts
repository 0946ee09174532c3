import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import Docker from 'dockerode';
import type { SessionId } from '../schema/entities.ts';
import { newId } from '../main/base/id.ts';
import type { Sandboxes } from '../main/kernel/sandboxes/sandboxes.ts';
import { type EngineName, TEST_IMAGE } from '../main/platform/container-engine/testing/engines.ts';
import { SandboxMachine } from '../main/platform/container-engine/testing/sandbox-machine.ts';
import { BareContainer } from './bare-container.ts';
import { benchEngine } from './bench-engine.ts';
import { type Metrics, percentile, timed, timeMetric } from './metric.ts';
import { frameCodecBench } from './plugins/frame-codec.ts';
import { hostileBench } from './plugins/hostile.ts';
import { place, tinyModule } from '../main/platform/wasm-plugins/testing/tiny-module.ts';
import { WasmPlugins } from '../main/platform/wasm-plugins/wasm-plugins.ts';
import { callTool, SAY, toolSite, wasmSite, writeEchoPlugin } from './plugins/tool-site.ts';

const MS = 'ms';
const WARM_UP_CALLS = 300;
const CALLS = 4000;
const EXECS = 100;
const ACTIVATIONS = 30;
const BATCH = 4;
const REFILL_LIMIT_MS = 120_000;
const NODE_SAYS = "process.stdout.write('x')";

interface Site {
  readonly machine: SandboxMachine;
  readonly api: Docker;
  readonly workspace: string;
  readonly plugins: string;
}

/** Calls into plugins beside the bare framed round trip, frames beside JSON, and the first call in a sandbox beside Node's own start. */
export async function pluginsBench(engine: EngineName): Promise<Metrics> {
  const codec = frameCodecBench();
  await using opened = await benchEngine(engine);
  const poolLimitBytes = 2 * 1024 ** 3;
  await using machine = await SandboxMachine.open({ connect: async () => opened.engine, poolLimitBytes });
  const workspace = join(machine.folder, 'workspace');
  mkdirSync(workspace);
  writeFileSync(join(workspace, 'README.md'), '# A workspace\n');
  const plugins = join(machine.folder, 'plugins');
  await writeEchoPlugin(plugins);
  const site: Site = { machine, api: new Docker({ socketPath: opened.socket }), workspace, plugins };
  const calls = { ...codec, ...(await warmCalls(site)), ...(await activations(site)) };
  return { ...calls, ...(await hostileBench()) };
}

async function warmCalls({ machine, api, workspace, plugins }: Site): Promise<Metrics> {
  await using sandboxes = machine.sandboxes({ pool: 'off' });
  await using bare = await BareContainer.start(api, { parent: machine.folder, image: TEST_IMAGE });
  const session = newId<SessionId>();
  await start(sandboxes, session, workspace);
  const tools = toolSite(sandboxes, plugins);
  const [ours, floor, execs]: [number[], number[], number[]] = [[], [], []];
  for (let turn = 0; turn < WARM_UP_CALLS + CALLS; turn += 1) {
    const floorMs = await bare.roundTrip(String(turn));
    const ourMs = await timed(() => callTool(tools, session, SAY));
    if (turn < WARM_UP_CALLS) continue;
    floor.push(floorMs);
    ours.push(ourMs);
  }
  const wasm = await wasmCalls(plugins, session);
  for (let turn = 0; turn < EXECS; turn += 1) execs.push(await bare.exec(['true'], 'pipes'));
  await sandboxes.remove(session);
  return {
    call_node: { ...timeMetric(ours, MS, floor), peers: { 'engine exec p99': percentile(execs, 0.99) } },
    call_wasm: {
      ...timeMetric(wasm, MS, floor),
      peers: { 'call into node': percentile(ours, 0.5), 'engine exec p99': percentile(execs, 0.99) },
    },
  };
}

/** A module that says one text: what is measured is the way to it, its instance and the way back. */
async function wasmCalls(plugins: string, session: SessionId): Promise<number[]> {
  const file = join(plugins, 'tiny.wasm');
  writeFileSync(file, tinyModule({ text: '{"result":{"text":"hello"}}', body: (text) => [...place(text), 0x0b] }));
  await using wasm = new WasmPlugins();
  const tools = wasmSite(wasm, file);
  const samples: number[] = [];
  for (let turn = 0; turn < WARM_UP_CALLS + CALLS; turn += 1) {
    const ms = await timed(() => callTool(tools, session, SAY));
    if (turn >= WARM_UP_CALLS) samples.push(ms);
  }
  return samples;
}

/** In sandboxes that were started ahead: the session and the first call of a plugin in it, in turns with the session and a start of Node that says a letter. */
async function activations({ machine, workspace, plugins }: Site): Promise<Metrics> {
  await using sandboxes = machine.sandboxes({ pool: 'on' });
  const tools = toolSite(sandboxes, plugins);
  const samples: readonly [number[], number[]] = [[], []];
  for (let first = 0; first < BATCH; first += 1) await sandboxes.remove(await startNext(sandboxes, workspace));
  while (samples[0].length < ACTIVATIONS) {
    await ready(sandboxes, BATCH);
    const sessions: SessionId[] = [];
    const once = async (work: (session: SessionId) => Promise<unknown>): Promise<number> =>
      timed(async () => {
        const session = await startNext(sandboxes, workspace);
        sessions.push(session);
        await work(session);
      });
    for (let pair = 0; pair < BATCH / 2; pair += 1) {
      samples[0].push(await once((session) => callTool(tools, session, SAY)));
      samples[1].push(await once((session) => nodeStart(sandboxes, session)));
    }
    await Promise.all(sessions.map((session) => sandboxes.remove(session)));
  }
  return { activate: timeMetric(samples[0], MS, samples[1]) };
}

/** Resolves with the first byte that it prints. */
async function nodeStart(sandboxes: Sandboxes, session: SessionId): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const onEvent = (): void => resolve();
    const argv = ['node', '-e', NODE_SAYS];
    sandboxes
      .connection(session)
      .request('process.run', { argv }, { onEvent })
      .then(() => resolve(), reject);
  });
}

async function startNext(sandboxes: Sandboxes, workspace: string): Promise<SessionId> {
  const session = sandboxes.sessionFor(workspace, 'workspace');
  await start(sandboxes, session, workspace);
  return session;
}

async function start(sandboxes: Sandboxes, session: SessionId, workspace: string): Promise<void> {
  await sandboxes.start({ session, workspace, profile: 'workspace', signal: AbortSignal.timeout(120_000) });
}

async function ready(sandboxes: Sandboxes, count: number): Promise<void> {
  for (const untilMs = performance.now() + REFILL_LIMIT_MS; sandboxes.readyAhead < count; await delay(50)) {
    if (performance.now() > untilMs) throw new Error(`Cannot measure: ${sandboxes.readyAhead} of ${count} are ready`);
  }
}
