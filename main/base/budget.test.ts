import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Budget } from './budget.ts';

const LIMITS = { burst: 100, perSecond: 50 };

describe('a budget', () => {
  it('is spent at once, and what is overdrawn comes back in its time', () => {
    const budget = new Budget(LIMITS, 0);
    expect([budget.spend(100, 0), budget.spend(50, 0), budget.spend(1, 1000)]).toEqual([0, 1000, 20]);
  });

  it('fills up to its limit and no further, whatever the clock does', () => {
    const budget = new Budget(LIMITS, 0);
    budget.spend(30, 0);
    expect([budget.isWhole(599), budget.isWhole(600)]).toEqual([false, true]);
    expect([budget.spend(150, 1e9), budget.spend(0, 0), budget.spend(0, 500)]).toEqual([1000, 1000, 500]);
  });

  it('lets nobody who waits as told spend more than the burst and what came back, but for the last piece', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 50 }), (costs) => {
        const budget = new Budget(LIMITS, 0);
        let [nowMs, spent] = [0, 0];
        for (const cost of costs) {
          spent += cost;
          nowMs += budget.spend(cost, nowMs);
          expect(spent).toBeLessThanOrEqual(LIMITS.burst + (nowMs / 1000) * LIMITS.perSecond + 1e-6);
        }
      }),
    );
  });
});
