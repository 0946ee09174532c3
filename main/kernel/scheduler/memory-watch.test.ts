import { expect, test } from 'vitest';
import { VirtualClock } from '../../base/clock.ts';
import { MemoryWatch } from './memory-watch.ts';

test('each step of the memory is told and recorded once, and it has to ease before it counts as over', () => {
  const clock = new VirtualClock();
  const recorded: unknown[] = [];
  let usedBytes = 0;
  using watch = new MemoryWatch({
    memory: () => ({ usedBytes, budgetBytes: 100 }),
    clock,
    audit: { record: ({ type, data }) => void recorded.push([type, data?.['level']]) },
  });
  const told: string[] = [];
  watch.onChange((level) => void told.push(level));
  for (const now of [79, 80, 85, 92, 95, 79, 76, 74, 79]) {
    usedBytes = now;
    clock.advance(2000);
  }
  expect(told).toEqual(['high', 'critical', 'high', 'none']);
  expect(recorded).toEqual(told.map((level) => ['memory_pressure', level]));
});

test('it stops looking when it is disposed', () => {
  const clock = new VirtualClock();
  let looks = 0;
  const watch = new MemoryWatch({
    memory: () => ({ usedBytes: (looks += 1), budgetBytes: 100 }),
    clock,
    audit: { record: () => undefined },
  });
  clock.advance(4000);
  watch[Symbol.dispose]();
  clock.advance(4000);
  expect(looks).toBe(2);
});
