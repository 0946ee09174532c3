import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { colorOf, onThemeChange } from '../../app/theme.ts';
import { drawBars, NAME_PX, ROW_PX } from './bar-canvas.ts';
import type { BarRow, Span, ZoomStep } from './task-bars.ts';

export interface TimelineCanvasProps {
  readonly rows: readonly BarRow[];
  readonly span: Span;
  readonly shown: string | undefined;
  /** Where that ends which goes on. */
  readonly nowMs: number;
  readonly label: string;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  /** `atShare` of the span stays where it is. */
  readonly onZoom: (step: ZoomStep, atShare: number) => void;
  readonly onChoose: (row: BarRow) => void;
}

/** The rows as a picture that scrolls; one canvas of the size of what is in sight, drawn once a frame at most. */
export function TimelineCanvas(props: TimelineCanvasProps) {
  const { rows, span, shown, nowMs, label, onKeyDown, onZoom, onChoose } = props;
  const { sinceMs, untilMs } = span;
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(scroller);
  const ink = useInk();
  const [scrollPx, setScrollPx] = useState(0);
  useEffect(() => {
    if (canvas.current === null) return undefined;
    const { current } = canvas;
    const frame = requestAnimationFrame(() =>
      drawBars(current, { rows, span: { sinceMs, untilMs }, nowMs, shown, scrollPx, ink, ...size }),
    );
    return () => cancelAnimationFrame(frame);
  }, [rows, sinceMs, untilMs, nowMs, shown, scrollPx, ink, size]);
  const revealed = useRef<string>(undefined);
  useEffect(() => {
    // Another choice is the occasion, not that rows have come and gone.
    if (shown === revealed.current) return;
    revealed.current = shown;
    const index = rows.findIndex(({ task }) => task === shown);
    const box = scroller.current;
    if (index < 0 || box === null) return;
    if (index * ROW_PX < box.scrollTop) box.scrollTop = index * ROW_PX;
    if ((index + 1) * ROW_PX > box.scrollTop + box.clientHeight)
      box.scrollTop = (index + 1) * ROW_PX - box.clientHeight;
  }, [rows, shown]);
  const shareOf = (clientX: number): number => {
    const { left = 0, width = 1 } = canvas.current?.getBoundingClientRect() ?? {};
    return Math.min(1, Math.max(0, (clientX - left - NAME_PX) / (width - NAME_PX)));
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- the keys are the picture's within it
    <div
      className="task-canvas-scroll"
      ref={scroller}
      onScroll={(event) => setScrollPx(event.currentTarget.scrollTop)}
      onWheel={(event) => {
        if (!event.ctrlKey) return;
        onZoom(event.deltaY < 0 ? 'in' : 'out', shareOf(event.clientX));
      }}
    >
      <div className="task-canvas-plane" style={{ height: rows.length * ROW_PX }}>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the picture takes the keys that zoom it */}
        <canvas
          ref={canvas}
          role="img"
          tabIndex={0}
          aria-label={label}
          style={{ width: size.widthPx, height: size.heightPx }}
          onKeyDown={onKeyDown}
          onClick={(event) => {
            const { top } = event.currentTarget.getBoundingClientRect();
            const row = rows[Math.floor((scrollPx + event.clientY - top) / ROW_PX)];
            if (row) onChoose(row);
          }}
        />
      </div>
    </div>
  );
}

interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

function useSize(ref: React.RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ widthPx: 0, heightPx: 0 });
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() =>
      setSize({ widthPx: element.clientWidth, heightPx: element.clientHeight }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}

/** The theme's colours, each asked for once; another function after the theme has changed. */
function useInk(): (token: string) => string {
  const [ink, setInk] = useState(newInk);
  useEffect(() => onThemeChange(() => setInk(newInk)), []);
  return ink;
}

function newInk(): (token: string) => string {
  const known = new Map<string, string>();
  return (token) => {
    const colour = known.get(token) ?? colorOf(token);
    known.set(token, colour);
    return colour;
  };
}
