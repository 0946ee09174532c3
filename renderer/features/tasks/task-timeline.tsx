import { ChevronLeft, ChevronRight, Maximize2, ZoomIn, ZoomOut } from 'lucide-react';
import { type KeyboardEvent, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { useNow } from '../../app/use-now.ts';
import { IconButton } from '../../ui/button.tsx';
import { formatClock, formatMoment } from '../../ui/format.ts';
import { messages } from './messages.ts';
import { TimelineCanvas } from './timeline-canvas.tsx';
import { barRows, inRowOrder, rowsWithin, type Span, spanOf, zoomed, type ZoomStep } from './task-bars.ts';
import type { TasksStore } from './tasks-store.ts';

const RENEW_EVERY_MS = 1000;
const TICKS = 5;
const KEYS: Readonly<Record<string, ZoomStep>> = {
  '+': 'in',
  '=': 'in',
  '-': 'out',
  ArrowLeft: 'earlier',
  ArrowRight: 'later',
};

/** Who ran when, waited and stood still: a row for each task, all of those that the kernel remembers. */
export function TaskTimeline({ tasks: store }: { readonly tasks: TasksStore }) {
  const { tasks, shown } = useStore(store.store);
  const nowMs = useNow(RENEW_EVERY_MS);
  const [zoom, setZoom] = useState<Span>();
  useEffect(() => {
    const abort = new AbortController();
    void store.readAll(abort.signal);
    return () => abort.abort();
  }, [store]);
  const order = useMemo(() => inRowOrder(tasks.values()), [tasks]);
  const all = useMemo(() => barRows(order), [order]);
  const endless = useMemo(() => spanOf(all), [all]);
  const rows = useMemo(() => (zoom === undefined ? all : rowsWithin(all, zoom)), [all, zoom]);
  if (endless === undefined) return null;
  const whole = { ...endless, untilMs: Math.max(endless.sinceMs + 1, Math.min(endless.untilMs, nowMs)) };
  const span = zoom ?? whole;
  const step = (by: ZoomStep, atShare?: number): void =>
    setZoom(zoomed(span, by, { whole, ...(atShare === undefined ? {} : { atShare }) }));
  const choose = (by: 1 | -1): void => {
    const index = rows.findIndex(({ task }) => task === shown);
    const next = rows[Math.min(rows.length - 1, Math.max(0, index + by))];
    if (next) store.show(next.task);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = KEYS[event.key];
    if (by !== undefined) step(by);
    else if (event.key === '0') setZoom(undefined);
    else if (event.key === 'ArrowDown') choose(1);
    else if (event.key === 'ArrowUp') choose(-1);
    else return;
    event.preventDefault();
  };
  const about = messages.timelineAbout(
    rows.length,
    formatMoment(span.sinceMs, nowMs),
    formatMoment(span.untilMs, nowMs),
  );
  return (
    <section className="task-timeline" data-rows={rows.length}>
      <div className="task-timeline-tools">
        <IconButton icon={ZoomIn} label={messages.zoomIn} onClick={() => step('in')} />
        <IconButton icon={ZoomOut} label={messages.zoomOut} disabled={!zoom} onClick={() => step('out')} />
        <IconButton icon={ChevronLeft} label={messages.earlier} disabled={!zoom} onClick={() => step('earlier')} />
        <IconButton icon={ChevronRight} label={messages.later} disabled={!zoom} onClick={() => step('later')} />
        <IconButton icon={Maximize2} label={messages.zoomAll} disabled={!zoom} onClick={() => setZoom(undefined)} />
        <span className="task-timeline-count">{messages.count(rows.length)}</span>
        <span className="grow" />
        <Legend />
      </div>
      <TimelineCanvas
        rows={rows}
        span={span}
        shown={shown}
        nowMs={nowMs}
        label={`${about}. ${messages.timelineKeys}`}
        onKeyDown={onKeyDown}
        onZoom={step}
        onChoose={(row) => store.show(row.task)}
      />
      <Axis span={span} />
    </section>
  );
}

function Legend() {
  return (
    <ul className="task-legend">
      {Object.entries(messages.legend).map(([key, label]) => (
        <li key={key}>
          <span className="task-swatch" data-part={key} aria-hidden /> {label}
        </li>
      ))}
    </ul>
  );
}

function Axis({ span: { sinceMs, untilMs } }: { readonly span: Span }) {
  const ticks = Array.from({ length: TICKS }, (_, index) => sinceMs + ((untilMs - sinceMs) * index) / (TICKS - 1));
  return (
    <div className="task-axis" aria-hidden>
      {ticks.map((atMs) => (
        <span key={atMs}>{formatClock(atMs).slice(0, untilMs - sinceMs < 10_000 ? 12 : 8)}</span>
      ))}
    </div>
  );
}
