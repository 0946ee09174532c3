import { expect, test } from 'vitest';
import { simulate } from './simulate.ts';

const SEEDS = process.env['CAVERN_LONG'] === '1' ? 10_000 : 300;
const REPEAT_EVERY = 10;

test(`no law of the scheduler is broken in ${SEEDS} random worlds`, () => {
  const broken: string[] = [];
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    try {
      simulate(seed);
    } catch (thrown) {
      broken.push(`${String(thrown)}; replay: node main/kernel/scheduler/simulation/replay.ts ${seed}`);
    }
  }
  expect(broken.slice(0, 10)).toEqual([]);
});

test('equal seeds give equal records, byte for byte', () => {
  for (let seed = 1; seed <= SEEDS; seed += REPEAT_EVERY) {
    expect(simulate(seed).join('\n')).toBe(simulate(seed).join('\n'));
  }
});
