import type { AuditRecord } from './audit-record.ts';
import type { AuditFilters } from './contract/audit.ts';

/** Of a record what filters look at; the chain's own fields are not among it. */
export type FilteredRecord = Omit<AuditRecord, 'prev' | 'hash'>;

/** Whether a record passes every filter that is given; texts are compared without regard to case. */
export function passesFilters(record: FilteredRecord, filters: AuditFilters): boolean {
  const { types, sinceMs, untilMs, path, text } = filters;
  if (types !== undefined && !types.includes(record.type)) return false;
  if (!EXACT.every((field) => filters[field] === undefined || record[field] === filters[field])) return false;
  if (sinceMs !== undefined && record.at < sinceMs) return false;
  if (untilMs !== undefined && record.at > untilMs) return false;
  if (path !== undefined && !isAtOrBelow(record.path, path)) return false;
  return text === undefined || mentions(record, text.toLowerCase());
}

/** The filters that are a field's whole value. */
const EXACT = ['act', 'actor', 'session', 'tool', 'decision', 'rule'] as const;

function isAtOrBelow(path: string | undefined, folder: string): boolean {
  return path !== undefined && (path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`));
}

function mentions(record: FilteredRecord, text: string): boolean {
  const { tool, path, rule, reason, input, output, data } = record;
  if ([tool, path, rule, reason, input, output].some((field) => field?.toLowerCase().includes(text))) return true;
  return data !== undefined && valuesMention(data, text);
}

/** Whether a value somewhere in it contains the text; the names of its fields do not count. */
function valuesMention(value: unknown, text: string): boolean {
  if (typeof value === 'object' && value !== null) {
    return Object.values(value).some((inner: unknown) => valuesMention(inner, text));
  }
  return typeof value === 'string' && value.toLowerCase().includes(text);
}
