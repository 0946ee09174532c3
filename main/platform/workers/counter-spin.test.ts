import { expect, test } from 'vitest';
import { CounterSpin } from './counter-spin.ts';

const LONG_MS = 10_000;

function counter(value: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)).fill(value);
}

test('a counter that another thread has raised is seen at once', () => {
  const spin = new CounterSpin({ counters: counter(1), index: 0, limitMs: LONG_MS, processors: 2 });
  expect(spin.leaves(0)).toBe(true);
});

test('a counter that nobody raises is given up, and the next time is left out', () => {
  const counters = counter(0);
  const spin = new CounterSpin({ counters, index: 0, limitMs: 0, processors: 2 });
  expect(spin.leaves(0)).toBe(false);
  counters[0] = 1;
  expect([spin.leaves(0), spin.leaves(0)]).toEqual([false, true]);
});

test('one processor is left to the other thread', () => {
  const spin = new CounterSpin({ counters: counter(1), index: 0, limitMs: LONG_MS, processors: 1 });
  expect(spin.leaves(0)).toBe(false);
});
