import type { AuditFilters } from '../../../schema/contract/audit.ts';
import { Fault } from '../../../schema/fault.ts';
import type { AuditQuery } from './audit-store.ts';

/** What a program asks of the chain, as it writes it. */
export interface EventsInput extends Omit<AuditFilters, 'types' | 'sinceMs' | 'untilMs'> {
  readonly type?: NonNullable<AuditFilters['types']>[number];
  readonly since?: string;
  readonly until?: string;
  readonly before?: number;
  readonly limit?: number;
}

/** The query that it means. @throws Fault `invalid_input` for a time that is none, or a stretch that ends before it begins */
export function eventsQuery({ type, since, until, before, limit, ...filters }: EventsInput): AuditQuery {
  const sinceMs = since === undefined ? undefined : timeOf('since', since);
  const untilMs = until === undefined ? undefined : timeOf('until', until);
  if (sinceMs !== undefined && untilMs !== undefined && sinceMs > untilMs) {
    throw unfit('since', 'is later than until');
  }
  return {
    filters: {
      ...filters,
      ...(type === undefined ? {} : { types: [type] }),
      ...(sinceMs === undefined ? {} : { sinceMs }),
      ...(untilMs === undefined ? {} : { untilMs }),
    },
    ...(before === undefined ? {} : { before }),
    ...(limit === undefined ? {} : { limit }),
  };
}

function timeOf(name: string, text: string): number {
  const ms = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isFinite(ms) && ms >= 0) return ms;
  throw unfit(name, 'is not a time');
}

function unfit(name: string, message: string): Fault {
  return new Fault('invalid_input', `Cannot list events: ${name} ${message}`, {
    data: { errors: [{ pointer: `/${name}`, message }] },
  });
}
