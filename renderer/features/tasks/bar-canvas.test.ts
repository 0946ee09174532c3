import { expect, test, vi } from 'vitest';
import { drawBars, ROW_PX } from './bar-canvas.ts';
import { barRows } from './task-bars.ts';
import { taskOf } from './task.fixture.ts';

test('of 50,000 tasks those in sight are drawn and nothing else', () => {
  const steps = [{ at: 0, state: 'running' as const }];
  const rows = barRows(Array.from({ length: 50_000 }, (_, index) => taskOf(`task-${index}`, { steps })));
  const drawn: string[] = [];
  const context = {
    scale: () => undefined,
    fillRect: () => undefined,
    measureText: () => ({ width: 10 }),
    fillText: (text: string) => void drawn.push(text),
  };
  vi.stubGlobal('devicePixelRatio', 1);
  vi.stubGlobal('getComputedStyle', () => ({ fontFamily: 'sans-serif' }));
  // What is drawn with is all that is needed of a canvas.
  const canvas = { getContext: () => context } as unknown as HTMLCanvasElement;
  drawBars(canvas, {
    rows,
    span: { sinceMs: 0, untilMs: 100 },
    nowMs: 50,
    scrollPx: 40_000 * ROW_PX,
    widthPx: 800,
    heightPx: 10 * ROW_PX,
    shown: undefined,
    ink: () => 'black',
  });
  vi.unstubAllGlobals();
  expect(drawn).toEqual(rows.slice(40_000, 40_010).map(({ name }) => name));
});
