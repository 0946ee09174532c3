import type { AuditRecord, AuditType } from '../../../schema/audit-record.ts';
import type { Tone } from '../../ui/badge.tsx';
import { Badge } from '../../ui/badge.tsx';
import { formatDuration, formatMoment } from '../../ui/format.ts';
import { messages } from './messages.ts';

export interface SandboxEventsProps {
  readonly events: readonly AuditRecord[];
  readonly nowMs: number;
}

/** What happened to a sandbox, the newest first. */
export function SandboxEvents({ events, nowMs }: SandboxEventsProps) {
  if (events.length === 0) return <p className="muted">{messages.noEvents}</p>;
  return (
    <ul className="sandbox-events" aria-label={messages.events}>
      {events.map((event) => (
        <li key={event.seq} className="sandbox-event" data-type={event.type}>
          <time dateTime={new Date(event.at).toISOString()}>{formatMoment(event.at, nowMs)}</time>
          <Badge tone={toneOf(event)}>{nameOf(event)}</Badge>
          <span className="sandbox-event-text selectable">{textOf(event)}</span>
        </li>
      ))}
    </ul>
  );
}

const NAMES: Partial<Record<AuditType, string>> = messages.eventNames;

function nameOf({ type, decision }: AuditRecord): string {
  if (type !== 'network_request') return NAMES[type] ?? type;
  if (decision === 'deny') return messages.networkEvents.refused;
  return decision === 'allow' ? messages.networkEvents.allowed : messages.networkEvents.ended;
}

function toneOf({ type, decision }: AuditRecord): Tone {
  if (type === 'sandbox_failed' || decision === 'deny') return 'bad';
  return type === 'sandbox_started' ? 'good' : 'neutral';
}

function textOf({ reason, data, durationMs }: AuditRecord): string {
  const part = (name: string): string | undefined => {
    const value = data?.[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  };
  const host = part('host');
  const target = host === undefined ? undefined : [part('method'), `${host}:${part('port') ?? ''}`].join(' ');
  const container = part('container')?.slice(0, 12);
  const lasted = durationMs === undefined ? undefined : formatDuration(durationMs);
  return [target, reason, container, lasted].filter((text) => text !== undefined && text !== '').join(' · ');
}
