import { type AuditEntry, SUMMARY_LIMIT } from '../../../schema/audit-record.ts';
import { type BodyHalves, canonicalHalves, hasLoneSurrogate } from './canonical.ts';

/**
 * The body of a record that still needs its number, from an entry as it is now: summaries cut to their limit, lone
 * surrogates replaced by U+FFFD, absent fields left out. Throws TypeError for what a record cannot hold: nulls, fractions.
 */
export function draftBody(entry: AuditEntry, atMs: number): BodyHalves {
  const { durationMs } = entry;
  if (durationMs !== undefined && !Number.isSafeInteger(durationMs)) {
    throw new TypeError('Cannot record the act: durationMs is not an integer');
  }
  const short = isShort(entry.input) && isShort(entry.output) ? entry : summarised(entry);
  const halves = canonicalHalves(short, atMs);
  return hasLoneSurrogate(halves.before) || hasLoneSurrogate(halves.after)
    ? canonicalHalves(wellFormed(short), atMs)
    : halves;
}

function isShort(text: string | undefined): boolean {
  return text === undefined || text.length <= SUMMARY_LIMIT;
}

function summarised(entry: AuditEntry): AuditEntry {
  const { input, output } = entry;
  return {
    ...entry,
    ...(input === undefined ? {} : { input: cut(input) }),
    ...(output === undefined ? {} : { output: cut(output) }),
  };
}

/** Cut at the limit in characters, the last one replaced by an ellipsis. */
function cut(text: string): string {
  const characters = Array.from(text.slice(0, (SUMMARY_LIMIT + 1) * 2));
  return characters.length <= SUMMARY_LIMIT ? text : `${characters.slice(0, SUMMARY_LIMIT - 1).join('')}…`;
}

function wellFormed(entry: AuditEntry): AuditEntry {
  const fields = Object.entries(entry).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.toWellFormed() : value,
  ]);
  // The same members, each of the same type.
  return Object.fromEntries(fields) as AuditEntry;
}
