import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import type { SessionId } from '../../../schema/entities.ts';
import { useServices } from '../../app/services.tsx';
import { useShownPage } from '../../ui/use-shown-page.ts';
import { messages } from './messages.ts';
import { type Meter, NEARLY_FULL, metersOf, plotLine } from './meters.ts';
import { samplesEvery, UsageStore } from './usage-store.ts';
import './usage-meters.css';

const BOX = { width: 56, height: 18 };

export interface UsageMetersProps {
  readonly session: SessionId;
  /** Less often where several are shown beside each other; 1 where absent. */
  readonly everySeconds?: number;
}

/** What a running sandbox uses: a number and the course of the last minute for each resource that has a limit. */
export function UsageMeters({ session, everySeconds = 1 }: UsageMetersProps) {
  const { client } = useServices();
  const usage = useMemo(() => new UsageStore(client, session, everySeconds), [client, session, everySeconds]);
  const samples = useStore(usage.store, (state) => state.samples);
  const isShown = useShownPage();
  useEffect(() => {
    if (!isShown) return undefined;
    const leaving = new AbortController();
    void usage.follow(leaving.signal);
    return () => leaving.abort();
  }, [usage, isShown]);
  const meters = metersOf(samples);
  if (meters.length === 0) return null;
  return (
    <ul className="usage-meters" aria-label={messages.title}>
      {meters.map((meter) => (
        <UsageMeter key={meter.name} meter={meter} places={samplesEvery(everySeconds)} />
      ))}
    </ul>
  );
}

function UsageMeter({ meter, places }: { readonly meter: Meter; readonly places: number }) {
  const { name, label, value, about, shares } = meter;
  const isNearlyFull = (shares.at(-1) ?? 0) >= NEARLY_FULL;
  const line = plotLine(shares, { ...BOX, places });
  const [first = ''] = line.split(',');
  return (
    <li
      className="usage-meter"
      data-meter={name}
      data-nearly-full={isNearlyFull || undefined}
      title={`${label}: ${value} ${about}`}
    >
      <span className="usage-label">{label}</span>
      <svg className="usage-plot" width={BOX.width} height={BOX.height} aria-hidden>
        <polygon points={`${first},${BOX.height} ${line} ${BOX.width},${BOX.height}`} />
        <polyline points={line} />
      </svg>
      <span className="usage-value">{value}</span>
    </li>
  );
}
