import type { TaskState } from '../../../schema/contract/task.ts';
import type { BarRow, Span } from './task-bars.ts';

export const ROW_PX = 20;
export const NAME_PX = 180;

const BAR_PX = 12;
const THIN_PX = 4;

export interface Picture {
  readonly rows: readonly BarRow[];
  readonly span: Span;
  /** Where that ends which goes on. */
  readonly nowMs: number;
  readonly scrollPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly shown: string | undefined;
  /** A colour of tokens.css. */
  readonly ink: (token: string) => string;
}

const COLOURS: Readonly<Record<TaskState, string>> = {
  queued: '--border-control',
  waiting_dependency: '--border-strong',
  running: '--accent',
  paused: '--warn',
  completed: '--accent',
  failed: '--bad-solid',
  cancelled: '--bad-solid',
};

/** Draws the rows that are in sight and nothing else, so that any number of tasks costs the same. */
export function drawBars(canvas: HTMLCanvasElement, picture: Picture): void {
  const { rows, span, scrollPx, widthPx, heightPx } = picture;
  const context = canvas.getContext('2d');
  if (context === null) return;
  const scale = devicePixelRatio;
  canvas.width = Math.round(widthPx * scale);
  canvas.height = Math.round(heightPx * scale);
  context.scale(scale, scale);
  const { ink } = picture;
  context.font = `12px ${getComputedStyle(canvas).fontFamily}`;
  context.textBaseline = 'middle';
  const first = Math.floor(scrollPx / ROW_PX);
  const end = Math.min(rows.length, Math.ceil((scrollPx + heightPx) / ROW_PX));
  const pxPerMs = (widthPx - NAME_PX) / (span.untilMs - span.sinceMs);
  for (let index = first; index < end; index += 1) {
    const row = rows[index];
    if (row === undefined) continue;
    const top = index * ROW_PX - scrollPx;
    if (row.task === picture.shown) {
      context.fillStyle = ink('--surface-selected');
      context.fillRect(0, top, widthPx, ROW_PX);
    }
    if (index > 0 && rows[index - 1]?.session !== row.session) {
      context.fillStyle = ink('--border-strong');
      context.fillRect(0, top, widthPx, 1);
    }
    context.fillStyle = ink(row.isBad ? '--bad' : '--ink');
    context.fillText(fitted(context, row.name), 12, top + ROW_PX / 2 + 1);
    drawRow(context, row, {
      top,
      ink,
      xOf: (ms) => NAME_PX + (Math.min(ms, picture.nowMs) - span.sinceMs) * pxPerMs,
      widthPx,
    });
  }
}

interface RowPlace {
  readonly top: number;
  readonly widthPx: number;
  readonly xOf: (ms: number) => number;
  readonly ink: (name: string) => string;
}

function drawRow(context: CanvasRenderingContext2D, row: BarRow, { top, xOf, ink, widthPx }: RowPlace): void {
  for (const bar of row.bars) {
    const from = Math.max(NAME_PX, xOf(bar.sinceMs));
    const to = Math.min(widthPx, xOf(bar.untilMs));
    if (to < NAME_PX || from > widthPx) continue;
    const isWaiting = bar.state === 'queued' || bar.state === 'waiting_dependency';
    const heightPx = isWaiting ? THIN_PX : BAR_PX;
    context.fillStyle = ink(COLOURS[bar.state]);
    context.fillRect(from, top + (ROW_PX - heightPx) / 2, Math.max(1.5, to - from), heightPx);
  }
  if (!row.isBad) return;
  const x = xOf(row.untilMs);
  if (x < NAME_PX || x > widthPx) return;
  context.fillStyle = ink('--bad-solid');
  context.fillRect(Math.min(widthPx - 3, x), top + 3, 3, ROW_PX - 6);
}

function fitted(context: CanvasRenderingContext2D, text: string): string {
  const roomPx = NAME_PX - 24;
  if (context.measureText(text).width <= roomPx) return text;
  let length = text.length;
  while (length > 1 && context.measureText(`${text.slice(0, length)}…`).width > roomPx) length -= 1;
  return `${text.slice(0, length)}…`;
}
