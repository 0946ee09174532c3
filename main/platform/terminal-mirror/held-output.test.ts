import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HeldOutput, HOLD_MS, PIECE_BYTES } from './held-output.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function bench(passing: () => Promise<void> = () => Promise.resolve()) {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const output = new HeldOutput((bytes) => {
    pieces.push(bytes);
    return passing();
  });
  return { output, pieces, texts: () => pieces.map((piece) => Buffer.from(piece).toString()) };
}

test('little is held for a moment and passed on as one', async () => {
  const { output, texts } = bench();
  await output.push(Buffer.from('grü'));
  await output.push(Buffer.from('ße'));
  const before = texts();
  vi.advanceTimersByTime(HOLD_MS);
  expect([before, texts(), vi.getTimerCount()]).toEqual([[], ['grüße'], 0]);
});

test('much is passed on at once, in memory that holds nothing else, and more may come once it was taken', async () => {
  let take = (): void => undefined;
  const { output, pieces } = bench(() => new Promise<void>((resolve) => (take = resolve)));
  const half = Buffer.alloc(PIECE_BYTES / 2, 'x');
  await output.push(half);
  let isTaken = false;
  const taken = output.push(half).then(() => (isTaken = true));
  await Promise.resolve();
  expect([pieces.map(({ length, buffer }) => [length, buffer.byteLength]), isTaken]).toEqual([
    [[PIECE_BYTES, PIECE_BYTES]],
    false,
  ]);
  take();
  expect(await taken).toBe(true);
});

test('what is asked for is passed on before, and only once', async () => {
  const { output, texts } = bench();
  await output.push(Buffer.from('before'));
  await output.pass();
  await output.pass();
  vi.advanceTimersByTime(HOLD_MS);
  expect(texts()).toEqual(['before']);
});

test('a failure that nobody waited for is told to who writes next, once', async () => {
  const { output } = bench(() => Promise.reject(new Error('the thread died')));
  await output.push(Buffer.from('lost'));
  vi.advanceTimersByTime(HOLD_MS);
  await Promise.resolve();
  await expect(output.push(Buffer.from('next'))).rejects.toThrow('the thread died');
  await output.push(Buffer.from('later'));
});

test('one that is disposed passes nothing on and leaves no timer', async () => {
  const { output, texts } = bench();
  await output.push(Buffer.from('left out'));
  output[Symbol.dispose]();
  await output.pass();
  expect([texts(), vi.getTimerCount()]).toEqual([[], 0]);
});
