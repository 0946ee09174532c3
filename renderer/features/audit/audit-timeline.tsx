import { ChartGantt } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { AuditFilters, AuditTimeline } from '../../../schema/contract/audit.ts';
import type { Failure } from '../../../schema/entities.ts';
import { failureOf, isCancelled } from '../../app/failure.ts';
import { useServices } from '../../app/services.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import type { AuditStore } from './audit-store.ts';
import { messages } from './messages.ts';
import { TimelineFigure } from './timeline-figure.tsx';
import { TimelineTools } from './timeline-tools.tsx';
import { type Span, zoomed } from './timeline-zoom.ts';
import './timeline.css';

const SLOTS = 160;

/** What passes the filters over time: a lane for each kind, what was denied or reviewed in its colour. */
export function AuditTimelineView({ audit }: { readonly audit: AuditStore }) {
  const filters = useStore(audit.store, (state) => state.filters);
  const [zoom, setZoom] = useState<Span>();
  const [whole, setWhole] = useState<{ readonly filters: AuditFilters; readonly span: Span }>();
  const { timeline, failure, loading } = useTimeline(filters, zoom);
  // The first picture of these filters is of all there is.
  if (timeline && timeline.records > 0 && zoom === undefined && whole?.filters !== filters) {
    setWhole({ filters, span: timeline });
  }
  if (whole && whole.filters !== filters && zoom !== undefined) setZoom(undefined);
  if (failure) return <FailureNotice failure={failure} />;
  if (timeline === undefined) {
    return (
      <div className="timeline-wait">
        <Spinner /> {messages.loading}
      </div>
    );
  }
  const span = zoom ?? { sinceMs: timeline.sinceMs, untilMs: timeline.untilMs };
  const change = (by: Parameters<typeof zoomed>[1]): void => {
    setZoom(by === 'all' || whole === undefined ? undefined : zoomed(span, by, whole.span));
  };
  return (
    <section className="timeline" aria-busy={loading}>
      <TimelineTools
        span={span}
        isZoomed={zoom !== undefined}
        onZoom={change}
        onShow={() => {
          audit.change({ sinceMs: Math.floor(span.sinceMs), untilMs: Math.ceil(span.untilMs) });
          audit.setView('list');
        }}
      />
      {timeline.records === 0 ? (
        <EmptyState icon={ChartGantt} title={messages.timelineEmpty}>
          {messages.timelineEmptyText}
        </EmptyState>
      ) : (
        <TimelineFigure
          timeline={timeline}
          slots={SLOTS}
          onZoom={change}
          onShow={(types, sinceMs, untilMs) => {
            audit.change({ types: [...types], sinceMs, untilMs });
            audit.setView('list');
          }}
        />
      )}
    </section>
  );
}

interface Asked {
  readonly filters: AuditFilters;
  readonly zoom: Span | undefined;
}

interface Drawn {
  readonly timeline: AuditTimeline | undefined;
  readonly failure: Failure | undefined;
}

/** Asks the kernel for the picture; the former one stays until the next is there. */
function useTimeline(filters: AuditFilters, zoom: Span | undefined): Drawn & { readonly loading: boolean } {
  const { client } = useServices();
  const [drawn, setDrawn] = useState<Drawn & Asked>({ timeline: undefined, failure: undefined, filters, zoom });
  useEffect(() => {
    const abort = new AbortController();
    const within = zoom ? { sinceMs: Math.floor(zoom.sinceMs), untilMs: Math.ceil(zoom.untilMs) } : {};
    client.audit
      .timeline({ filters: { ...filters, ...within }, slots: SLOTS }, { signal: abort.signal })
      .then((timeline) => setDrawn({ timeline, failure: undefined, filters, zoom }))
      .catch((thrown: unknown) => {
        if (abort.signal.aborted || isCancelled(thrown)) return;
        setDrawn({ timeline: undefined, failure: failureOf(thrown), filters, zoom });
      });
    return () => abort.abort();
  }, [client, filters, zoom]);
  const isCurrent = drawn.filters === filters && drawn.zoom === zoom;
  return { ...drawn, loading: !isCurrent || (drawn.timeline === undefined && drawn.failure === undefined) };
}
