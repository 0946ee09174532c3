import { type AuditEntry, SUMMARY_LIMIT } from '../../../schema/audit-record.ts';
import { canonicalData } from './canonical.ts';

/** An entry that surely has a canonical form, taken as it was when it was handed in. */
export interface CleanEntry {
  readonly fields: Omit<AuditEntry, 'data'>;
  /** The data as canonical JSON. */
  readonly data: string | undefined;
}

const TEXTS = [
  'act',
  'actor',
  'session',
  'sandbox',
  'tool',
  'decision',
  'rule',
  'token',
  'reason',
  'input',
  'output',
  'path',
  'pathBytes',
] as const;

/**
 * Makes an entry fit for the chain: summaries cut to their limit, lone surrogates replaced by U+FFFD, absent fields left
 * out, the data written as it is now. Throws TypeError for data that a record cannot hold: nulls and fractions.
 */
export function cleanEntry(entry: AuditEntry): CleanEntry {
  const { data, ...fields } = entry;
  if (fields.durationMs !== undefined && !Number.isSafeInteger(fields.durationMs)) {
    throw new TypeError('Cannot record the act: durationMs is not an integer');
  }
  for (const name of TEXTS) {
    const text = fields[name];
    if (text !== undefined && !text.isWellFormed()) fields[name] = text.toWellFormed();
  }
  if (fields.input !== undefined) fields.input = summarised(fields.input);
  if (fields.output !== undefined) fields.output = summarised(fields.output);
  return { fields, data: data === undefined ? undefined : canonicalData(data) };
}

/** Cut at the limit in characters, the last one replaced by an ellipsis. */
function summarised(text: string): string {
  if (text.length <= SUMMARY_LIMIT) return text;
  const characters = Array.from(text.slice(0, (SUMMARY_LIMIT + 1) * 2));
  return characters.length <= SUMMARY_LIMIT ? text : `${characters.slice(0, SUMMARY_LIMIT - 1).join('')}…`;
}
