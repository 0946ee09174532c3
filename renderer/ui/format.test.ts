import { expect, test } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatElapsed, formatMinute, formatMoment } from './format.ts';

test('bytes are shown in the largest binary unit that keeps a whole part', () => {
  const sizes = [0, 812, 1024, 1434, 10_240, 23 * 1024 ** 2, 1024 ** 4 * 3];
  expect(sizes.map(formatBytes)).toEqual(['0 B', '812 B', '1.0 KiB', '1.4 KiB', '10 KiB', '23 MiB', '3.0 TiB']);
});

test('durations are shown from tenths of a millisecond to minutes', () => {
  expect([0.25, 84, 1400, 125_000].map(formatDuration)).toEqual(['0.3 ms', '84 ms', '1.4 s', '2 min 05 s']);
});

test('durations never have sixty seconds in a minute, and have hours', () => {
  expect([119_600, 3_599_900, 11_220_000].map(formatDuration)).toEqual(['2 min 00 s', '1 h 00 min', '3 h 07 min']);
});

test('what goes on is shown in whole seconds, without units that are none', () => {
  const times = [0, 1999, 59_999, 60_000, 125_000, 900_000, 3_600_000, 11_220_000];
  expect(times.map(formatElapsed)).toEqual([
    '0 s',
    '1 s',
    '59 s',
    '1 min',
    '2 min 05 s',
    '15 min',
    '1 h',
    '3 h 07 min',
  ]);
});

test('moments of today are times, others have their day', () => {
  const noon = new Date(2025, 5, 15, 12, 30, 5).getTime();
  const moments = [noon, noon - 40 * 86_400_000].map((at) => formatMoment(at, noon));
  expect(moments).toEqual(['12:30:05', '6 May 12:30']);
  expect([noon, noon - 40 * 86_400_000].map((at) => formatMinute(at, noon))).toEqual(['12:30', '6 May 12:30']);
});

test('counts agree with their noun', () => {
  expect([formatCount(1, 'file'), formatCount(0, 'file'), formatCount(1200, 'entry', 'entries')]).toEqual([
    '1 file',
    '0 files',
    '1,200 entries',
  ]);
});
