import { describe, expect, it } from 'vitest';
import { barRows, rowsWithin, spanOf, zoomed } from './task-bars.ts';
import { taskOf } from './task.fixture.ts';

describe('the rows of the timeline', () => {
  const done = taskOf('done', {
    state: 'completed',
    steps: [
      { at: 10, state: 'queued' },
      { at: 20, state: 'running' },
      { at: 50, state: 'completed' },
    ],
  });
  const live = taskOf('live', { state: 'running', steps: [{ at: 60, state: 'running' }] });

  it('say what a task did when; what goes on has no end', () => {
    expect(barRows([done, live]).map(({ bars }) => bars)).toEqual([
      [
        { state: 'queued', sinceMs: 10, untilMs: 20 },
        { state: 'running', sinceMs: 20, untilMs: 50 },
      ],
      [{ state: 'running', sinceMs: 60, untilMs: Number.POSITIVE_INFINITY }],
    ]);
  });

  it('are those that have something to show in the stretch', () => {
    const rows = barRows([done, live]);
    expect(spanOf(rows)).toEqual({ sinceMs: 10, untilMs: Number.POSITIVE_INFINITY });
    expect(rowsWithin(rows, { sinceMs: 55, untilMs: 70 }).map(({ name }) => name)).toEqual(['live']);
  });
});

describe('a step of the zoom', () => {
  const whole = { sinceMs: 0, untilMs: 1000 };

  it('keeps what is under the pointer where it is', () => {
    expect(zoomed(whole, 'in', { whole, atShare: 0.2 })).toEqual({ sinceMs: 100, untilMs: 600 });
  });

  it('never leaves what there is, and ends with all of it', () => {
    expect(zoomed({ sinceMs: 900, untilMs: 1000 }, 'later', { whole })).toEqual({ sinceMs: 900, untilMs: 1000 });
    expect(zoomed({ sinceMs: 100, untilMs: 700 }, 'out', { whole })).toBeUndefined();
  });
});
