import { describe, expect, it } from 'vitest';
import { PoolDemand } from './pool-demand.ts';

const MINUTE_MS = 60_000;

function wanted(starts: readonly (readonly [kind: string, atMs: number])[], nowMs: number, limit = 10) {
  const demand = new PoolDemand();
  for (const [kind, atMs] of starts) demand.note(kind, atMs);
  return [...demand.wanted(nowMs, limit)];
}

describe('the demand for sandboxes', () => {
  it('is one of a kind that was used, and none once nobody has used it for a quarter of an hour', () => {
    expect(wanted([['a', 0]], 14 * MINUTE_MS)).toEqual([['a', 1]]);
    expect(wanted([['a', 0]], 15 * MINUTE_MS)).toEqual([]);
  });

  it('is as many as were started within a minute, not as were started in all', () => {
    expect(
      wanted(
        [1, 2, 3].map((second) => ['a', second * 1000]),
        MINUTE_MS,
      ),
    ).toEqual([['a', 3]]);
    expect(
      wanted(
        [0, 2, 4].map((minute) => ['a', minute * MINUTE_MS]),
        5 * MINUTE_MS,
      ),
    ).toEqual([['a', 1]]);
  });

  it('gives each kind one before a second of any, those used last first, and keeps within the limit', () => {
    const starts = [
      ['old', 0],
      ['new', 1],
      ['new', 2],
      ['old', 3],
      ['newest', 4],
    ] as const;
    expect(wanted(starts, 5, 4)).toEqual([
      ['newest', 1],
      ['old', 2],
      ['new', 1],
    ]);
    expect(wanted(starts, 5, 2)).toEqual([
      ['newest', 1],
      ['old', 1],
    ]);
    expect(wanted(starts, 5, 0)).toEqual([]);
  });

  it('has a most of one kind', () => {
    expect(
      wanted(
        Array.from({ length: 50 }, () => ['a', 0] as const),
        1,
        50,
      ),
    ).toEqual([['a', 8]]);
  });
});
