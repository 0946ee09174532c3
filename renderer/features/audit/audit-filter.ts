import type { AuditRecord } from '../../../schema/audit-record.ts';
import type { AuditFilters } from '../../../schema/contract/audit.ts';

/** The kernel's filter, for records that arrive live. */
export function matchesFilters(record: AuditRecord, filters: AuditFilters): boolean {
  const { types, session, actor, decision, text, sinceMs, untilMs } = filters;
  return (
    (types === undefined || types.includes(record.type)) &&
    (session === undefined || record.session === session) &&
    (actor === undefined || record.actor === actor) &&
    (decision === undefined || record.decision === decision) &&
    (sinceMs === undefined || record.at >= sinceMs) &&
    (untilMs === undefined || record.at <= untilMs) &&
    (text === undefined || containsText(record, text))
  );
}

function containsText(record: AuditRecord, text: string): boolean {
  const wanted = text.toLowerCase();
  return [record.tool, record.path, record.rule, record.reason, record.input].some((field) =>
    field?.toLowerCase().includes(wanted),
  );
}
