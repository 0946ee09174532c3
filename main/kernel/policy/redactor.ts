import type { RedactionPattern } from '../../../schema/policy.ts';
import { applyOwnPatterns, compileOwnPattern, type OwnPattern } from './own-patterns.ts';
import { RedactionStream } from './redaction-stream.ts';
import { redactSecrets } from './redact-secrets.ts';

/** Puts `[redacted:<name>]` in the place of secrets. */
export interface Redactor {
  redact(text: string): string;
  /** Every text in a JSON value, names of members included. The value itself stays as it is. */
  redactValue(value: unknown): unknown;
  /** For text that comes in pieces: a secret that is split across them is found all the same. */
  stream(): Pick<RedactionStream, 'push' | 'end'>;
}

function redactDeep(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactDeep(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [redact(name), redactDeep(item, redact)]));
}

/**
 * A redactor for the kinds of secrets that the specification names and for a document's own patterns (policy.md, Redaction).
 * It takes linear time whatever the text.
 * @throws RedactionPatternError for a pattern that a loaded document could not hold.
 */
export function createRedactor(patterns: readonly RedactionPattern[] = []): Redactor {
  const own: readonly OwnPattern[] = patterns.map(compileOwnPattern);
  const redact = (text: string): string => applyOwnPatterns(own, redactSecrets(text));
  return { redact, redactValue: (value) => redactDeep(value, redact), stream: () => new RedactionStream(own) };
}
