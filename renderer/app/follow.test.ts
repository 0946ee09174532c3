import { expect, test, vi } from 'vitest';
import { Fault } from '../../schema/fault.ts';
import { follow } from './follow.ts';

test('a stream that broke after it worked is opened again', async () => {
  vi.useFakeTimers();
  const abort = new AbortController();
  const seen: unknown[] = [];
  let opened = 0;
  const done = follow({
    async *open() {
      opened += 1;
      yield opened;
      if (opened === 2) abort.abort();
      throw new Fault('internal', 'The listener fell too far behind');
    },
    onEvent: (event) => seen.push(event),
    onFailure: (failure, next) => seen.push(`${failure.code} ${next}`),
    signal: abort.signal,
  });
  await vi.runAllTimersAsync();
  await done;
  vi.useRealTimers();
  expect(seen).toEqual([1, 'internal again', 2]);
});

test('a stream that never worked is not asked for again', async () => {
  const seen: string[] = [];
  await follow({
    open: () => failing(new Fault('kernel_failed', 'Cannot start the kernel')),
    onEvent: () => {},
    onFailure: (failure, next) => seen.push(`${failure.code} ${next}`),
    signal: new AbortController().signal,
  });
  expect(seen).toEqual(['kernel_failed final']);
});

/** A stream that fails before it gives anything. */
function failing(failure: Error): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(failure) }) };
}
