import { expect, it } from 'vitest';
import type { SandboxId } from '../../../schema/entities.ts';
import { VirtualClock } from '../../base/clock.ts';
import { CreationMeter } from './creation-meter.ts';

it('a creation lasts until the sandbox runs or is given up, and what happens to it later is none', () => {
  const clock = new VirtualClock(1000);
  const meter = new CreationMeter(clock);
  const [first, second] = ['sb1', 'sb2'].map((id) => ({ id: id as SandboxId, createdAt: 1000 })); // made up
  if (first === undefined || second === undefined) throw new Error('there are two');
  meter.changed({ ...first, state: 'creating' });
  meter.changed({ ...second, state: 'creating' });
  clock.advance(200);
  meter.changed({ ...first, state: 'running' });
  meter.changed({ ...first, state: 'stopping' });
  meter.changed({ ...first, state: 'running' });
  clock.advance(300);
  meter.changed({ ...second, state: 'failed' });
  expect(meter.counts().map(({ result, durations }) => [result, durations.count, durations.sumMs])).toEqual([
    ['running', 1, 200],
    ['failed', 1, 500],
  ]);
});
