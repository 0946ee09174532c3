import { setTimeout as delay } from 'node:timers/promises';
import { type Metric, type Metrics, timeMetric } from '../metric.ts';
import type { BenchKernel } from './bench-kernel.ts';
import { withKeys } from './http-load.ts';
import { SMALL_CALL } from './small-calls.ts';

const IS_LONG = process.env['CAVERN_LONG'] === '1';
/** How long memory is watched; ten minutes where the bench has the time. */
const WATCH_S = IS_LONG ? 600 : 10;
/** So many that a leak of a few bytes in each is seen, and the rest has the processor. */
const CALLS_PER_SECOND = 200;
const SAMPLE_MS = 500;
/** How many points of the long watch are printed. */
const PRINTED = 40;
const MIB = 1024 ** 2;

interface Sample {
  readonly atS: number;
  /** The heap and what lies beside it. */
  readonly heapMiB: number;
  readonly residentMiB: number;
}

/** What memory does while calls come, whoever else is connected: from the least of the first quarter to the least of the last. */
export async function memoryUnderCalls({ url, tokens, load }: BenchKernel): Promise<Metrics> {
  const requests = withKeys(tokens, SMALL_CALL);
  const calls = load.rate({ url: `${url}${SMALL_CALL.path}`, requests, seconds: WATCH_S, perSecond: CALLS_PER_SECOND });
  const samples = await sampled(calls);
  if (IS_LONG) print(samples);
  return {
    crowd_memory_growth: growth(samples.map(({ heapMiB }) => heapMiB)),
    crowd_resident_growth: growth(samples.map(({ residentMiB }) => residentMiB)),
  };
}

async function sampled(work: Promise<unknown>): Promise<Sample[]> {
  const samples: Sample[] = [];
  const state = { over: false };
  const ended = work.finally(() => (state.over = true));
  const startMs = performance.now();
  while (!state.over) {
    await delay(SAMPLE_MS);
    const { heapUsed, external, rss } = process.memoryUsage();
    const atS = Math.round((performance.now() - startMs) / 1000);
    samples.push({ atS, heapMiB: (heapUsed + external) / MIB, residentMiB: rss / MIB });
  }
  await ended;
  return samples;
}

function growth(valuesMiB: readonly number[]): Metric {
  const quarter = Math.ceil(valuesMiB.length / 4);
  const grown = Math.max(0, Math.min(...valuesMiB.slice(-quarter)) - Math.min(...valuesMiB.slice(0, quarter)));
  return timeMetric([grown], 'MiB', [Math.min(...valuesMiB)]);
}

/** The series: of each of its pieces the least, as garbage comes and goes. */
function print(samples: readonly Sample[]): void {
  const each = Math.ceil(samples.length / PRINTED);
  for (let from = 0; from < samples.length; from += each) {
    const piece = samples.slice(from, from + each);
    const heap = Math.min(...piece.map(({ heapMiB }) => heapMiB));
    const resident = Math.min(...piece.map(({ residentMiB }) => residentMiB));
    process.stderr.write(
      `memory after ${piece[0]?.atS ?? 0} s: ${heap.toFixed(1)} MiB, resident ${resident.toFixed(1)} MiB\n`,
    );
  }
}
