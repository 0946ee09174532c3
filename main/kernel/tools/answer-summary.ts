const TEXT_LIMIT = 80;
const MEMBER_LIMIT = 12;

/** A line for the audit log about an answer of any size: never all of it is turned into text. */
export function answerSummary(result: unknown): string {
  if (typeof result !== 'object' || result === null) return brief(result);
  if (Array.isArray(result)) return `[${result.length}]`;
  const members = Object.entries(result).slice(0, MEMBER_LIMIT);
  return members.map(([name, value]) => `${name}=${brief(value)}`).join(' ');
}

function brief(value: unknown): string {
  if (typeof value === 'string') return value.length > TEXT_LIMIT ? `"${value.slice(0, TEXT_LIMIT)}…"` : `"${value}"`;
  if (Array.isArray(value)) return `[${value.length}]`;
  return typeof value === 'object' && value !== null ? '{…}' : String(value);
}
