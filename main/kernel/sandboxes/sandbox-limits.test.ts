import { expect, it } from 'vitest';
import type { Fault } from '../../../schema/fault.ts';
import { VirtualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { watchLimits } from './sandbox-limits.ts';

const LIMIT = 1_000;

/** A sandbox whose processes run only when it writes. */
function watching({ pulses = true }: { readonly pulses?: boolean } = {}) {
  const clock = new VirtualClock(500);
  const counts: number[] = [];
  const ends: [atMs: number, code: string][] = [];
  let written: number | Error = 0;
  let runs = 0;
  const limits = watchLimits({
    sandbox: 'box',
    profile: { timeLimitMs: undefined, diskBytes: LIMIT },
    readyAtMs: clock.now(),
    clock,
    logger: silentLogger,
    usedBytes: async () => {
      counts.push(clock.now());
      if (written instanceof Error) throw written;
      return written;
    },
    pulse: () => (pulses ? String(runs) : undefined),
    onExceeded: (fault: Fault) => ends.push([clock.now(), fault.code]),
  });
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 100) {
      clock.advance(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return {
    counts,
    ends,
    pass,
    limits,
    write: (bytes: number | Error) => {
      written = bytes;
      runs += 1;
    },
  };
}

it('what a sandbox wrote is not counted again while nothing in it runs', async () => {
  const { counts, pass } = watching();
  await pass(20_000);
  expect(counts).toEqual([2_000]);
});

it('a sandbox that stood still and then writes too much is ended within two seconds', async () => {
  const { ends, pass, write } = watching();
  await pass(30_000);
  write(LIMIT + 1);
  await pass(2_000);
  expect(ends).toEqual([[32_000, 'disk_full']]);
});

it('one that has used half of its room is ended within half a second', async () => {
  const { ends, pass, write } = watching();
  write(LIMIT - 1);
  await pass(30_000);
  write(LIMIT + 1);
  await pass(500);
  expect(ends).toEqual([[31_000, 'disk_full']]);
});

it('where it cannot be told whether something runs, it is counted every two seconds', async () => {
  const { counts, pass } = watching({ pulses: false });
  await pass(8_000);
  expect(counts).toEqual([2_000, 4_000, 6_000, 8_000]);
});

it('what could not be counted is counted again, also where nothing runs', async () => {
  const { counts, pass, write } = watching();
  write(new Error('gone'));
  await pass(6_000);
  expect(counts).toEqual([2_000, 4_000, 6_000]);
});

it('nothing is counted of one that is not watched any more', async () => {
  const { counts, pass, limits } = watching({ pulses: false });
  await pass(2_000);
  limits[Symbol.dispose]();
  await pass(10_000);
  expect(counts).toEqual([2_000]);
});
