import { expect, test } from 'vitest';
import type { SessionId } from '../../../../schema/entities.ts';
import { VirtualClock } from '../../../base/clock.ts';
import { silentLogger } from '../../../base/logger.ts';
import { BaseWatch } from './base-watch.ts';

const session = 's1' as SessionId; // a name of that form
const running = () => [session];
const unknown = () => undefined;

/** Lets what was started run as far as it can. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('running sessions are looked at every second, and less often when a look takes long', async () => {
  const clock = new VirtualClock();
  const looks: number[] = [];
  const list = async () => {
    looks.push(clock.now());
    await Promise.resolve();
    if (looks.length === 2) clock.advance(500);
    return [];
  };
  await using watch = new BaseWatch({ changes: { list }, running, pulse: unknown, clock, logger: silentLogger });
  for (let second = 0; second < 24; second++) {
    clock.advance(500);
    await settled();
  }
  expect([watch instanceof BaseWatch, looks]).toEqual([true, [1000, 2000, 12_500]]);
});

test('a session whose changes cannot be read does not end the watch, and disposing does', async () => {
  const clock = new VirtualClock();
  let looks = 0;
  const list = async () => {
    looks++;
    throw new Error('gone');
  };
  const watch = new BaseWatch({ changes: { list }, running, pulse: unknown, clock, logger: silentLogger });
  for (let second = 0; second < 3; second++) {
    clock.advance(1000);
    await settled();
  }
  await watch[Symbol.asyncDispose]();
  clock.advance(5000);
  await settled();
  expect(looks).toBe(3);
});

test('a session is not looked at while nothing in its sandbox runs, and is within a second when something has', async () => {
  const clock = new VirtualClock();
  const looks: number[] = [];
  const list = async () => {
    looks.push(clock.now());
    return [];
  };
  let runs = 0;
  const pulse = () => String(runs);
  await using watch = new BaseWatch({ changes: { list }, running, pulse, clock, logger: silentLogger });
  for (let second = 0; second < 10; second++) {
    if (second === 6) runs += 1;
    clock.advance(1000);
    await settled();
  }
  expect([watch instanceof BaseWatch, looks]).toEqual([true, [1000, 7000]]);
});

test('a session that could not be looked at is looked at again, also where nothing in its sandbox runs', async () => {
  const clock = new VirtualClock();
  let looks = 0;
  const list = async () => {
    looks++;
    throw new Error('full');
  };
  await using watch = new BaseWatch({ changes: { list }, running, pulse: () => '1', clock, logger: silentLogger });
  for (let second = 0; second < 3; second++) {
    clock.advance(1000);
    await settled();
  }
  expect([watch instanceof BaseWatch, looks]).toEqual([true, 3]);
});
