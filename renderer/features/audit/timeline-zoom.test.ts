import fc from 'fast-check';
import { expect, test } from 'vitest';
import { zoomed, type ZoomStep } from './timeline-zoom.ts';

const whole = { sinceMs: 1000, untilMs: 9000 };

test('zooming in halves around the middle, zooming out again gives everything', () => {
  const half = zoomed(whole, 'in', whole);
  expect(half).toEqual({ sinceMs: 3000, untilMs: 7000 });
  expect(half && zoomed(half, 'out', whole)).toBeUndefined();
});

test('moving stops at the ends', () => {
  const half = { sinceMs: 1500, untilMs: 5500 };
  expect(zoomed(half, 'earlier', whole)).toEqual({ sinceMs: 1000, untilMs: 5000 });
  expect(zoomed({ sinceMs: 4900, untilMs: 8900 }, 'later', whole)).toEqual({ sinceMs: 5000, untilMs: 9000 });
});

test('whatever is done, what is shown lies within all there is', () => {
  const steps = fc.array(fc.constantFrom<ZoomStep>('in', 'out', 'earlier', 'later', { sinceMs: 0, untilMs: 20 }));
  fc.assert(
    fc.property(steps, (list) => {
      let span = whole;
      for (const step of list) span = zoomed(span, step, whole) ?? whole;
      expect(span.sinceMs).toBeGreaterThanOrEqual(whole.sinceMs);
      expect(span.untilMs).toBeLessThanOrEqual(whole.untilMs);
      expect(span.untilMs).toBeGreaterThan(span.sinceMs);
    }),
  );
});
