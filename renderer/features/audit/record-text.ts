import type { AuditRecord } from '../../../schema/audit-record.ts';

/** The call of the contract that a record is about; a tool's own call is known by its tool. */
export function callOf({ data, tool }: AuditRecord): string | undefined {
  const call = data?.['call'];
  return tool === undefined && typeof call === 'string' ? call : undefined;
}

/** The one line that tells most about a record. */
export function whatOf(record: AuditRecord): string {
  const { tool, path, reason, input, output } = record;
  // A path says more than the arguments that hold it.
  const detail = reason ?? output ?? (path === undefined ? input : undefined);
  const parts = [tool ?? callOf(record), path, detail];
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}

/** A summary as its author wrote it, or the value it is where it is whole JSON. */
export function valueOf(summary: string): unknown {
  if (!/^[[{]/.test(summary)) return summary;
  try {
    return JSON.parse(summary);
  } catch {
    // It was cut at the limit of a summary.
    return summary;
  }
}
