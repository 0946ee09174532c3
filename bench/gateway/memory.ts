import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Metric, type Metrics, timeMetric } from '../metric.ts';
import type { BenchKernel } from './bench-kernel.ts';
import { withKeys } from './http-load.ts';
import { SMALL_CALL } from './small-calls.ts';

const IS_LONG = process.env['CAVERN_LONG'] === '1';
/** How long memory is watched; ten minutes where the bench has the time. */
const WATCH_S = IS_LONG ? 600 : 10;
/** How often it is looked at. */
const SAMPLE_MS = IS_LONG ? 15_000 : 1000;
/** So many that a leak of a few bytes in each is seen, and the rest has the processor. */
const CALLS_PER_SECOND = 200;
const MIB = 1024 ** 2;

interface Sample {
  readonly atS: number;
  /** The heap without garbage, and what lies beside it. */
  readonly heldMiB: number;
  readonly residentMiB: number;
}

/** What memory does while calls come, whoever else is connected: from the least of the first quarter to the least of the last. */
export async function memoryUnderCalls({ url, tokens, load }: BenchKernel): Promise<Metrics> {
  const requests = withKeys(tokens, SMALL_CALL);
  const calls = load.rate({ url: `${url}${SMALL_CALL.path}`, requests, seconds: WATCH_S, perSecond: CALLS_PER_SECOND });
  const samples = await sampled(calls);
  if (IS_LONG) for (const sample of samples) print(sample);
  return {
    crowd_memory_growth: growth(samples.map(({ heldMiB }) => heldMiB)),
    crowd_resident_growth: growth(samples.map(({ residentMiB }) => residentMiB)),
  };
}

async function sampled(work: Promise<unknown>): Promise<Sample[]> {
  const collectGarbage = garbageCollector();
  const samples: Sample[] = [];
  const state = { over: false };
  const ended = work.finally(() => (state.over = true));
  const startMs = performance.now();
  while (!state.over) {
    await delay(SAMPLE_MS);
    collectGarbage();
    const { heapUsed, external, rss } = process.memoryUsage();
    const atS = Math.round((performance.now() - startMs) / 1000);
    samples.push({ atS, heldMiB: (heapUsed + external) / MIB, residentMiB: rss / MIB });
  }
  await ended;
  return samples;
}

/** What is only garbage comes and goes, and would hide what stays. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void; // the flag puts it there
}

function growth(valuesMiB: readonly number[]): Metric {
  const quarter = Math.ceil(valuesMiB.length / 4);
  const grown = Math.max(0, Math.min(...valuesMiB.slice(-quarter)) - Math.min(...valuesMiB.slice(0, quarter)));
  return timeMetric([grown], 'MiB', [Math.min(...valuesMiB)]);
}

function print({ atS, heldMiB, residentMiB }: Sample): void {
  process.stderr.write(`memory after ${atS} s: ${heldMiB.toFixed(1)} MiB, resident ${residentMiB.toFixed(1)} MiB\n`);
}
