import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, confirmed, countsOfPlaywright, countsOfVitest, lastLine, nothing } from './counts.mjs';

const anyCounts = fc.record({ passed: fc.nat(999), failed: fc.nat(999), skipped: fc.nat(999) });

describe('counts', () => {
  it('counts a file that does not load as one failure', () => {
    const report = {
      testResults: [
        { status: 'passed', assertionResults: [{ status: 'passed' }, { status: 'pending' }] },
        { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'failed' }] },
        { status: 'failed', assertionResults: [] },
      ],
    };
    expect(countsOfVitest(report)).toEqual({ passed: 1, failed: 3, skipped: 1 });
  });

  it('takes a flaky end-to-end test for a failure', () => {
    const stats = { expected: 4, unexpected: 1, flaky: 2, skipped: 0 };
    expect(countsOfPlaywright({ stats, errors: [{}] })).toEqual({ passed: 4, failed: 4, skipped: 0 });
  });

  it('does not believe a runner that fails without a failed test', () => {
    expect(confirmed({ passed: 9, failed: 0, skipped: 0 }, 1)).toEqual({ passed: 9, failed: 1, skipped: 0 });
  });

  it('does not believe a runner that ran nothing', () => {
    expect(confirmed(nothing, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('never says that all is well when something was skipped', () => {
    expect(lastLine({ passed: 3, failed: 0, skipped: 2 })).toBe('3 passed, 2 failed');
  });

  it('adds in any order', () => {
    fc.assert(
      fc.property(anyCounts, anyCounts, (a, b) => {
        expect(add(a, b)).toEqual(add(b, a));
      }),
    );
  });
});
