import { expect, it } from 'vitest';
import { CallMeter } from './call-meter.ts';

it('a meter counts calls by their result, and how long they took', () => {
  const meter = new CallMeter();
  for (const durationMs of [0.5, 2, 200]) meter.ended('box.list', 'ok', durationMs);
  meter.ended('box.list', 'refused', 1);
  meter.ended('tool.call', 'failed', 70_000);
  const shown = meter
    .calls()
    .map(({ call, result, durations }) => [call, result, durations.count, durations.sumMs, durations.cumulative()[0]]);
  expect(shown).toEqual([
    ['box.list', 'ok', 3, 202.5, 1],
    ['box.list', 'refused', 1, 1, 1],
    ['tool.call', 'failed', 1, 70_000, 0],
  ]);
});

it('a meter counts decisions by phase, area and action', () => {
  const meter = new CallMeter();
  meter.decided('box.list', 'policy', 'allow');
  meter.decided('box.get', 'policy', 'allow');
  meter.decided('box.exec', 'policy', 'require_review');
  meter.decided('box.exec', 'review', 'deny');
  meter.decided('tool.call', 'again', 'deny');
  expect(meter.decisions()).toEqual([
    { phase: 'policy', kind: 'box', action: 'allow', count: 2 },
    { phase: 'policy', kind: 'box', action: 'require_review', count: 1 },
    { phase: 'review', kind: 'box', action: 'deny', count: 1 },
    { phase: 'again', kind: 'tool', action: 'deny', count: 1 },
  ]);
});
