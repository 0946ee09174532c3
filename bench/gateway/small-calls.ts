import Fastify from 'fastify';
import { longestTurn } from '../longest-turn.ts';
import { type Metric, type Metrics, rateMetric, timeMetric } from '../metric.ts';
import type { BenchKernel } from './bench-kernel.ts';
import { withKeys } from './http-load.ts';
import type { LoadRequest } from './load-process.ts';

const TURN_S = 2;
const WATCHED_TURNS = 2;
const PATH = '/api/v1/sandboxes?namespace=bench';
/** A list that is short. */
export const SMALL_CALL: LoadRequest & { readonly path: string } = { method: 'GET', path: PATH, headers: {} };

/**
 * Small calls with a key, judged and recorded, beside a bare fastify route that answers the same body to the same request;
 * with how long the thread worked at a time meanwhile.
 */
export async function smallCalls(
  { url, tokens, load }: BenchKernel,
  turns: number,
): Promise<{ readonly rate: Metric; readonly turn: Metric }> {
  const [token = ''] = tokens;
  const body = await (await fetch(`${url}${PATH}`, { headers: { authorization: `Bearer ${token}` } })).json();
  const bare = Fastify();
  bare.get('/api/v1/sandboxes', async () => body);
  const bareUrl = await bare.listen({ host: '127.0.0.1', port: 0 });
  const requests = withKeys(tokens, SMALL_CALL);
  const [own, floor, turnsMs]: [number[], number[], number[]] = [[], [], []];
  try {
    for (let turn = 0; turn <= turns; turn += 1) {
      const ours = await load.rate({ url: `${url}${PATH}`, requests, seconds: TURN_S });
      const theirs = await load.rate({ url: `${bareUrl}${PATH}`, requests, seconds: TURN_S });
      // The first turn warms both up.
      if (turn === 0) continue;
      own.push(ours);
      floor.push(theirs);
    }
    // By itself: to look at each turn of the loop takes time as well.
    for (let turn = 0; turn < WATCHED_TURNS; turn += 1) {
      turnsMs.push(await longestTurn(() => load.rate({ url: `${url}${PATH}`, requests, seconds: TURN_S })));
    }
  } finally {
    await bare.close();
  }
  return { rate: rateMetric(own, 'requests/s', floor), turn: timeMetric(turnsMs, 'ms') };
}

const QUIET_TURNS = 4;

/** By itself, with nothing else to do. */
export async function quietSmallCalls(kernel: BenchKernel): Promise<Metrics> {
  const { rate, turn } = await smallCalls(kernel, QUIET_TURNS);
  return { http_small: rate, http_small_longest_turn: turn };
}
