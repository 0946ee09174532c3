import { isAuditType } from '../../../schema/audit-kind.ts';
import type { AuditFilters } from '../../../schema/contract/audit.ts';
import type { SessionId } from '../../../schema/entities.ts';

const TEXTS = ['actor', 'decision', 'tool', 'rule', 'act', 'path', 'text'] as const;
const TIMES = ['sinceMs', 'untilMs'] as const;

/** Filters as the query of a link: `type=call_decided&decision=deny`. */
export function queryOf(filters: AuditFilters): string {
  const query = new URLSearchParams();
  for (const type of filters.types ?? []) query.append('type', type);
  if (filters.session !== undefined) query.set('session', filters.session);
  for (const name of TEXTS) if (filters[name] !== undefined) query.set(name, filters[name]);
  for (const name of TIMES) if (filters[name] !== undefined) query.set(name, String(filters[name]));
  return query.toString();
}

/** The filters of a query; what it does not understand is left out. */
export function filtersOf(query: string): AuditFilters {
  const given = new URLSearchParams(query);
  const types = given.getAll('type').filter(isAuditType);
  const session = given.get('session');
  const texts = TEXTS.flatMap((name) => {
    const value = given.get(name);
    return value === null || value === '' ? [] : [[name, value] as const];
  });
  const times = TIMES.flatMap((name) => {
    const value = given.get(name);
    return value !== null && /^\d{1,15}$/.test(value) ? [[name, Number(value)] as const] : [];
  });
  return {
    ...(types.length === 0 ? {} : { types }),
    // An id that no session has matches nothing; the kernel checks its shape.
    ...(session === null ? {} : { session: session as SessionId }),
    ...Object.fromEntries([...texts, ...times]),
  };
}
