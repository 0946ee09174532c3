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
const BEGIN_LIMIT_MS = 60_000;
const ID = 'hostile';

interface Place {
  readonly kernel: KernelWithPlugins;
  /** Where the hostile plugin works, in a sandbox of its own beside the session's with the well-behaved one. */
  readonly here: SessionId;
  readonly elsewhere: SessionId;
}

type Outcome = Awaited<ReturnType<KernelWithPlugins['call']>>;
/** Goes on until it is told to stop. */
type Act = (call: (act: string, more?: object) => Promise<Outcome>, signal: AbortSignal) => Promise<Outcome>;

const once =
  (name: string): Act =>
  (call) =>
    call(name);

/** What goes on and on; what ends with the plugin's process is over in a moment. */
const ACTS: Readonly<Record<string, Act>> = {
  output: once('output'),
  log: once('log'),
  spin: once('spin'),
  silent: once('silent'),
  calls: async (call, signal) => {
    for (;;) {
      const outcome = await call('calls', { count: 2000 });
      if (signal.aborted || outcome.code !== undefined) return outcome;
    }
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
    const { code } = await acting;
    if (code !== undefined && code !== 'cancelled') throw new Error(`Cannot measure: it stopped acting, ${code}`);
    await begunAnew(place);
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

/** Ends the plugin with all that it still does, and waits until it does again what it should. */
async function begunAnew({ kernel, here }: Place): Promise<void> {
  await kernel.client.plugin.disable({ id: ID });
  await kernel.client.plugin.enable({ id: ID });
  const { code } = await kernel.call(here, `${ID}.go`, { act: 'honest' }, AbortSignal.timeout(BEGIN_LIMIT_MS));
  if (code !== undefined) throw new Error(`Cannot measure: the plugin has not begun anew, ${code}`);
}
