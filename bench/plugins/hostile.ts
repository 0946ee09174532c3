import { setTimeout as delay } from 'node:timers/promises';
import { KernelWithPlugins } from '../../main/compose/testing/kernel-with-plugins.ts';
import { writeHostilePlugin } from '../../main/compose/testing/hostile-plugin.ts';
import type { SessionId } from '../../schema/entities.ts';
import { type Metrics, percentile, timed, timeMetric } from '../metric.ts';

const ROUNDS = 4;
const CALLS = 150;
const WARM_UP_CALLS = 300;
/** Until what is done over and over is in full swing. */
const SWING_MS = 300;
const SETTLE_LIMIT_MS = 60_000;
const ID = 'hostile';

interface Place {
  readonly kernel: KernelWithPlugins;
  /** Where the hostile plugin works, in a sandbox of its own beside the session's with the well-behaved one. */
  readonly here: SessionId;
  readonly elsewhere: SessionId;
}

/** One after the other until it is told to stop. */
type Act = (call: (act: string, more?: object) => Promise<unknown>, signal: AbortSignal) => Promise<void>;

const once =
  (name: string): Act =>
  async (call) =>
    void (await call(name));

/** What goes on and on; what ends with the plugin's process is over in a moment. */
const ACTS: Readonly<Record<string, Act>> = {
  output: once('output'),
  log: once('log'),
  spin: once('spin'),
  silent: once('silent'),
  calls: async (call, signal) => {
    while (!signal.aborted) await call('calls', { count: 2000 });
  },
};

/**
 * How long a call of a well-behaved plugin takes while another one misbehaves; floor: the same calls when nothing else goes on, in
 * turns in the same run. The figure is that of another session, the peers are that of the same one.
 */
export async function hostileBench(): Promise<Metrics> {
  await using kernel = await KernelWithPlugins.open(
    async () => undefined,
    [`${ID}.go`],
    (packages) => writeHostilePlugin(packages, ID),
  );
  const place: Place = { kernel, here: await kernel.session('here'), elsewhere: await kernel.session('elsewhere') };
  await sampled(place, WARM_UP_CALLS);
  const metrics: Metrics = {};
  for (const [name, act] of Object.entries(ACTS)) {
    metrics[`others_while_${name}`] = await whileActing(place, act);
  }
  return metrics;
}

async function whileActing(place: Place, act: Act): Promise<Metrics[string]> {
  const [quiet, during] = [emptySamples(), emptySamples()];
  for (let round = 0; round < ROUNDS; round += 1) {
    await sampled(place, CALLS, quiet);
    const ending = new AbortController();
    const { kernel, here } = place;
    const acting = act(
      (name, more = {}) => kernel.call(here, `${ID}.go`, { act: name, ...more }, ending.signal),
      ending.signal,
    );
    await delay(SWING_MS);
    await sampled(place, CALLS, during);
    ending.abort();
    await acting;
    await settled(place);
  }
  const peers = { 'same session': percentile(during.here, 0.5), 'same session, quiet': percentile(quiet.here, 0.5) };
  return { ...timeMetric(during.elsewhere, 'ms', quiet.elsewhere), peers };
}

interface Samples {
  readonly here: number[];
  readonly elsewhere: number[];
}

const emptySamples = (): Samples => ({ here: [], elsewhere: [] });

/** Calls into both sessions in turns. */
async function sampled({ kernel, here, elsewhere }: Place, calls: number, into = emptySamples()): Promise<void> {
  const stat = async (session: SessionId): Promise<void> => {
    const { code } = await kernel.call(session, 'fs.stat', { path: 'a.txt' });
    if (code !== undefined) throw new Error(`Cannot measure: a well-behaved plugin has failed with ${code}`);
  };
  for (let call = 0; call < calls; call += 1) {
    into.elsewhere.push(await timed(() => stat(elsewhere)));
    into.here.push(await timed(() => stat(here)));
  }
}

/** Until the plugin, ended where it had to be and enabled where that was too often, does what it should again. */
async function settled({ kernel, here }: Place): Promise<void> {
  const untilMs = performance.now() + SETTLE_LIMIT_MS;
  for (;;) {
    const { code } = await kernel.call(here, `${ID}.go`, { act: 'honest' }, AbortSignal.timeout(SETTLE_LIMIT_MS));
    if (code === undefined) return;
    if (code === 'tool_unknown') await kernel.client.plugin.enable({ id: ID });
    if (performance.now() > untilMs) throw new Error(`Cannot measure: the plugin has not begun anew, ${code}`);
    await delay(100);
  }
}
