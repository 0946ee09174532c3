import { ChevronLeft, ChevronRight, Maximize2, ZoomIn, ZoomOut } from 'lucide-react';
import { Button, IconButton } from '../../ui/button.tsx';
import { formatClock, formatDay } from '../../ui/format.ts';
import { messages } from './messages.ts';
import type { Span, ZoomStep } from './timeline-zoom.ts';

export interface TimelineToolsProps {
  readonly span: Span;
  readonly isZoomed: boolean;
  readonly onZoom: (step: ZoomStep) => void;
  readonly onShow: () => void;
}

/** What time is shown, and how to get closer, further and along. */
export function TimelineTools({ span, isZoomed, onZoom, onShow }: TimelineToolsProps) {
  return (
    <div className="timeline-tools">
      <IconButton icon={ZoomIn} label={messages.zoomIn} onClick={() => onZoom('in')} />
      <IconButton icon={ZoomOut} label={messages.zoomOut} disabled={!isZoomed} onClick={() => onZoom('out')} />
      <IconButton icon={ChevronLeft} label={messages.earlier} disabled={!isZoomed} onClick={() => onZoom('earlier')} />
      <IconButton icon={ChevronRight} label={messages.later} disabled={!isZoomed} onClick={() => onZoom('later')} />
      <IconButton icon={Maximize2} label={messages.zoomAll} disabled={!isZoomed} onClick={() => onZoom('all')} />
      <span className="timeline-span">
        {momentText(span.sinceMs)} – {momentText(span.untilMs)}
      </span>
      <span className="grow" />
      <Legend />
      <Button size="small" disabled={!isZoomed} onClick={onShow}>
        {messages.showInList}
      </Button>
    </div>
  );
}

function Legend() {
  return (
    <ul className="timeline-legend">
      {Object.entries(messages.legend).map(([key, label]) => (
        <li key={key}>
          <span className="timeline-swatch" data-part={key} aria-hidden /> {label}
        </li>
      ))}
    </ul>
  );
}

/** `3 May 14:03:09`, local time. */
export function momentText(atMs: number): string {
  return `${formatDay(atMs)} ${formatClock(atMs).slice(0, 8)}`;
}
