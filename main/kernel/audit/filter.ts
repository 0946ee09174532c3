import type { AuditRecord } from '../../../schema/audit-record.ts';
import type { AuditFilters } from '../../../schema/contract/audit.ts';
import type { UnchainedRecord } from './canonical.ts';

/** Whether a record passes every filter that is given; the text is compared without regard to case. */
export function matches(record: UnchainedRecord | AuditRecord, filters: AuditFilters): boolean {
  if (filters.types !== undefined && !filters.types.includes(record.type)) return false;
  if (filters.session !== undefined && record.session !== filters.session) return false;
  if (filters.actor !== undefined && record.actor !== filters.actor) return false;
  if (filters.decision !== undefined && record.decision !== filters.decision) return false;
  if (filters.sinceMs !== undefined && record.at < filters.sinceMs) return false;
  if (filters.untilMs !== undefined && record.at > filters.untilMs) return false;
  return filters.text === undefined || mentions(record, filters.text.toLowerCase());
}

function mentions(record: UnchainedRecord, text: string): boolean {
  const places = [record.tool, record.path, record.rule, record.reason, record.input];
  return places.some((place) => place?.toLowerCase().includes(text));
}
