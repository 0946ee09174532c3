import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import './split.css';

export interface SplitProps {
  readonly label: string;
  readonly start: ReactNode;
  readonly end: ReactNode;
  /** Pixels of the first side. */
  readonly initial: number;
  readonly min?: number;
  readonly max?: number;
}

const STEP = 16;

/** Two sides with a line between them that can be dragged, or moved with the arrow keys. */
export function Split({ label, start, end, initial, min = 160, max = 640 }: SplitProps) {
  const [size, setSize] = useState(initial);
  const origin = useRef<{ x: number; size: number } | null>(null);
  const bounded = (value: number): number => Math.min(max, Math.max(min, value));

  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    origin.current = { x: event.clientX, size };
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    if (origin.current) setSize(bounded(origin.current.size + event.clientX - origin.current.x));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.key === 'ArrowLeft') setSize(bounded(size - STEP));
    if (event.key === 'ArrowRight') setSize(bounded(size + STEP));
  };

  return (
    <div className="split">
      <div className="split-start" style={{ width: size }}>
        {start}
      </div>
      <div
        className="split-line"
        role="separator"
        aria-label={label}
        aria-orientation="vertical"
        aria-valuenow={size}
        aria-valuemin={min}
        aria-valuemax={max}
        tabIndex={0}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={() => {
          origin.current = null;
        }}
        onKeyDown={onKeyDown}
      />
      <div className="split-end">{end}</div>
    </div>
  );
}
