import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { TYPES_BY_KIND } from '../../../schema/audit-kind.ts';
import type { AuditType } from '../../../schema/audit-record.ts';
import type { AuditTimeline } from '../../../schema/contract/audit.ts';
import { messages } from './messages.ts';
import { TimelineTable } from './timeline-table.tsx';
import { momentText } from './timeline-tools.tsx';
import type { ZoomStep } from './timeline-zoom.ts';

type Lane = AuditTimeline['lanes'][number];

export interface TimelineFigureProps {
  readonly timeline: AuditTimeline;
  readonly slots: number;
  readonly onZoom: (step: ZoomStep) => void;
  readonly onShow: (types: readonly AuditType[], sinceMs: number, untilMs: number) => void;
}

const LANE_PX = 52;
const BAR_PX = 40;
const TICKS = 5;
/** A pull shorter than this share of the width is a click. */
const CLICK_SHARE = 0.01;
const KEYS: Readonly<Record<string, ZoomStep>> = {
  '+': 'in',
  '=': 'in',
  '-': 'out',
  ArrowLeft: 'earlier',
  ArrowRight: 'later',
  '0': 'all',
};

/** The lanes as a picture, with a table of the same numbers for who does not see it. A pull across it zooms. */
export function TimelineFigure({ timeline, slots, onZoom, onShow }: TimelineFigureProps) {
  const { sinceMs, untilMs, records, lanes } = timeline;
  const slotMs = (untilMs - sinceMs + 1) / slots;
  const pull = usePull((from, to) =>
    onZoom({ sinceMs: sinceMs + from * slots * slotMs, untilMs: sinceMs + to * slots * slotMs }),
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = KEYS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    onZoom(step);
  };
  const about = messages.timelineAbout(records, momentText(sinceMs), momentText(untilMs));
  return (
    <figure className="timeline-figure">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the picture takes the keys that zoom it */}
      <div
        className="timeline-picture"
        role="img"
        tabIndex={0}
        aria-label={`${about}. ${messages.timelineKeys}`}
        onKeyDown={onKeyDown}
      >
        {lanes.map((lane) => (
          <div key={lane.kind} className="timeline-lane" data-kind={lane.kind}>
            <span className="timeline-kind truncate">{messages.kinds[lane.kind]}</span>
            <svg
              aria-hidden
              viewBox={`0 0 ${slots} ${LANE_PX}`}
              preserveAspectRatio="none"
              height={LANE_PX}
              {...pull.handlers}
            >
              <Bars
                lane={lane}
                nameOf={(slot) => momentText(sinceMs + slot * slotMs)}
                onShow={(slot) => {
                  if (pull.wasPull()) return;
                  const from = Math.floor(sinceMs + slot * slotMs);
                  onShow(TYPES_BY_KIND.get(lane.kind) ?? [], from, Math.ceil(sinceMs + (slot + 1) * slotMs));
                }}
              />
              {pull.selection ? (
                <rect
                  className="timeline-pull"
                  x={pull.selection.from * slots}
                  width={(pull.selection.to - pull.selection.from) * slots}
                  height={LANE_PX}
                />
              ) : null}
            </svg>
          </div>
        ))}
        <Axis sinceMs={sinceMs} untilMs={untilMs} />
      </div>
      <TimelineTable timeline={timeline} about={about} />
    </figure>
  );
}

interface BarsProps {
  readonly lane: Lane;
  readonly nameOf: (slot: number) => string;
  readonly onShow: (slot: number) => void;
}

/** A bar for each slot: its height by the number of records, the square root of it, so that a single denial can be seen. */
function Bars({ lane, nameOf, onShow }: BarsProps) {
  const most = Math.max(...lane.slots.map((slot) => slot.records));
  const pxOf = (count: number): number => (count === 0 ? 0 : Math.max(3, Math.sqrt(count / most) * BAR_PX));
  return lane.slots.map(({ slot, records, denied, reviewed }) => {
    const parts = [
      { part: 'denied', heightPx: pxOf(denied) },
      { part: 'reviewed', heightPx: pxOf(reviewed) },
      { part: 'other', heightPx: pxOf(records - denied - reviewed) },
    ].filter(({ heightPx }) => heightPx > 0);
    const wholePx = parts.reduce((sum, { heightPx }) => sum + heightPx, 0);
    const scale = wholePx > LANE_PX - 4 ? (LANE_PX - 4) / wholePx : 1;
    let bottomPx = LANE_PX;
    const about = [
      messages.slot(messages.kinds[lane.kind], records, nameOf(slot)),
      ...(denied > 0 ? [messages.slotDenied(denied)] : []),
      ...(reviewed > 0 ? [messages.slotReviewed(reviewed)] : []),
    ].join(', ');
    return (
      <g key={slot} className="timeline-bar" onClick={() => onShow(slot)}>
        <title>{about}</title>
        <rect className="timeline-hit" x={slot} width={1} height={LANE_PX} />
        {parts.map(({ part, heightPx }) => {
          bottomPx -= heightPx * scale;
          return (
            <rect key={part} data-part={part} x={slot + 0.08} width={0.84} y={bottomPx} height={heightPx * scale} />
          );
        })}
      </g>
    );
  });
}

function Axis({ sinceMs, untilMs }: { readonly sinceMs: number; readonly untilMs: number }) {
  const ticks = Array.from({ length: TICKS }, (_, index) => sinceMs + ((untilMs - sinceMs) * index) / (TICKS - 1));
  return (
    <div className="timeline-axis" aria-hidden>
      {ticks.map((atMs) => (
        <span key={atMs}>{momentText(atMs)}</span>
      ))}
    </div>
  );
}

/** A stretch that is pulled over, in shares of the width. */
function usePull(onPulled: (from: number, to: number) => void) {
  const start = useRef<number>(undefined);
  const pulled = useRef(false);
  const [selection, setSelection] = useState<{ readonly from: number; readonly to: number }>();
  const shareOf = (event: PointerEvent<SVGSVGElement>): number => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - left) / width));
  };
  const handlers = {
    onPointerDown: (event: PointerEvent<SVGSVGElement>) => {
      start.current = shareOf(event);
      pulled.current = false;
    },
    onPointerMove: (event: PointerEvent<SVGSVGElement>) => {
      if (start.current === undefined) return;
      const at = shareOf(event);
      if (!pulled.current && Math.abs(at - start.current) < CLICK_SHARE) return;
      if (!pulled.current) event.currentTarget.setPointerCapture(event.pointerId);
      pulled.current = true;
      setSelection({ from: Math.min(start.current, at), to: Math.max(start.current, at) });
    },
    onPointerUp: () => {
      start.current = undefined;
      if (selection) onPulled(selection.from, selection.to);
      setSelection(undefined);
    },
  };
  return { handlers, selection, wasPull: () => pulled.current };
}
