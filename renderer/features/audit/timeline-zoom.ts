export interface Span {
  readonly sinceMs: number;
  readonly untilMs: number;
}

export type ZoomStep = 'in' | 'out' | 'earlier' | 'later' | 'all' | Span;

const FACTOR = 2;
const MOVE_SHARE = 0.25;
const SHORTEST_MS = 10;

/** The stretch of time after a step, within all there is; undefined when that is everything. */
export function zoomed(span: Span, step: ZoomStep, whole: Span): Span | undefined {
  if (step === 'all') return undefined;
  const next = typeof step === 'object' ? step : stepped(span, step);
  const lengthMs = Math.max(SHORTEST_MS, next.untilMs - next.sinceMs);
  if (lengthMs >= whole.untilMs - whole.sinceMs) return undefined;
  const sinceMs = Math.min(Math.max(next.sinceMs, whole.sinceMs), whole.untilMs - lengthMs);
  return { sinceMs, untilMs: sinceMs + lengthMs };
}

function stepped({ sinceMs, untilMs }: Span, step: 'in' | 'out' | 'earlier' | 'later'): Span {
  const lengthMs = untilMs - sinceMs;
  const middleMs = sinceMs + lengthMs / 2;
  if (step === 'in') return { sinceMs: middleMs - lengthMs / FACTOR / 2, untilMs: middleMs + lengthMs / FACTOR / 2 };
  if (step === 'out')
    return { sinceMs: middleMs - (lengthMs * FACTOR) / 2, untilMs: middleMs + (lengthMs * FACTOR) / 2 };
  const moveMs = (step === 'later' ? 1 : -1) * lengthMs * MOVE_SHARE;
  return { sinceMs: sinceMs + moveMs, untilMs: untilMs + moveMs };
}
