import { expect, it } from 'vitest';
import { DurationCounts } from '../../base/duration-counts.ts';
import { prometheusText } from './prometheus-text.ts';

it('numbers are lines with their labels, quoted', () => {
  const samples = [
    { labels: {}, value: 3 },
    { labels: { state: 'a "b"\\\n', kind: 'x' }, value: 0.5 },
  ];
  expect(prometheusText([{ name: 'n', help: 'What it is', type: 'gauge', samples }])).toBe(
    '# HELP n What it is\n# TYPE n gauge\nn 3\nn{state="a \\"b\\"\\\\\\n",kind="x"} 0.5\n',
  );
});

it('durations are a histogram in seconds, each bucket with all that is below it', () => {
  const durations = new DurationCounts();
  for (const ms of [1, 2, 70_000]) durations.observe(ms);
  const lines = prometheusText([
    { name: 'd', help: 'How long', type: 'histogram', samples: [{ labels: { call: 'x' }, durations }] },
  ]).split('\n');
  expect(lines.slice(1, 4)).toEqual([
    '# TYPE d histogram',
    'd_bucket{call="x",le="0.001"} 1',
    'd_bucket{call="x",le="0.0025"} 2',
  ]);
  expect(lines.slice(-5)).toEqual([
    'd_bucket{call="x",le="60"} 2',
    'd_bucket{call="x",le="+Inf"} 3',
    'd_sum{call="x"} 70.003',
    'd_count{call="x"} 3',
    '',
  ]);
});
