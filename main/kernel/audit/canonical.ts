import canonicalize from 'canonicalize';
import type { AuditRecord } from '../../../schema/audit-record.ts';

/** A record as it is hashed: everything but the two hashes. */
export type UnchainedRecord = Omit<AuditRecord, 'prev' | 'hash'>;

/**
 * The record's canonical JSON (RFC 8785) without `prev` and `hash`: the bytes that the chain's hash covers.
 * Throws TypeError where the record has no such form: a lone surrogate, a number that is no integer, a null.
 *
 * The known fields are written in their canonical order by the built-in serialiser, whose strings and integers are those
 * of RFC 8785 (section 3.2.2); only `data` needs the general one. That is several times faster, and every record goes
 * through here.
 */
export function canonicalBody(record: UnchainedRecord): string {
  const text = canonicalBodyWith(record, record.data === undefined ? undefined : canonicalData(record.data));
  // The built-in serialiser writes a lone surrogate as an escape, the canonical form has none; the general one throws.
  return text.includes('\\ud') ? canonicalJson(record) : text;
}

/** The same for a record whose strings are known to be well formed and whose data is already canonical JSON. */
export function canonicalBodyWith(record: Omit<UnchainedRecord, 'data'>, data: string | undefined): string {
  return joinObjects(
    JSON.stringify({ act: record.act, actor: record.actor, at: record.at }),
    data,
    JSON.stringify({
      decision: record.decision,
      durationMs: record.durationMs,
      input: record.input,
      output: record.output,
      path: record.path,
      pathBytes: record.pathBytes,
      reason: record.reason,
      rule: record.rule,
      sandbox: record.sandbox,
      seq: record.seq,
      session: record.session,
      token: record.token,
      tool: record.tool,
      type: record.type,
    }),
  );
}

/** The record's canonical JSON, whole: one line of an export, without its line end. */
export function canonicalLine(record: AuditRecord): string {
  return joinObjects(
    JSON.stringify({ act: record.act, actor: record.actor, at: record.at }),
    record.data === undefined ? undefined : canonicalData(record.data),
    JSON.stringify({
      decision: record.decision,
      durationMs: record.durationMs,
      hash: record.hash,
      input: record.input,
      output: record.output,
      path: record.path,
      pathBytes: record.pathBytes,
      prev: record.prev,
      reason: record.reason,
      rule: record.rule,
      sandbox: record.sandbox,
      seq: record.seq,
      session: record.session,
      token: record.token,
      tool: record.tool,
      type: record.type,
    }),
  );
}

/** Canonical JSON (RFC 8785) of any value; throws TypeError where there is none. */
export function canonicalJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (cause) {
    throw new TypeError('Cannot write canonical JSON: a string or number has no canonical form', { cause });
  }
  if (text === undefined) throw new TypeError('Cannot write canonical JSON: the value has no JSON form');
  return text;
}

/** Two objects' texts with the member `data` between them; `before` is never empty, as every record has an actor. */
function joinObjects(before: string, data: string | undefined, after: string): string {
  const middle = data === undefined ? ',' : `,"data":${data},`;
  return before.slice(0, -1) + middle + after.slice(1);
}

/** The canonical JSON of a record's data. Throws TypeError for what a record cannot hold. */
export function canonicalData(data: Record<string, unknown>): string {
  refuseUnsuitable(data);
  return canonicalJson(data);
}

/** Absent is absent, never null, and every number is an integer that a double holds exactly. */
function refuseUnsuitable(value: unknown): void {
  if (value === null) throw new TypeError('Cannot record the data: it holds a null');
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new TypeError('Cannot record the data: it holds a number that is not a safe integer');
  }
  if (typeof value !== 'object') return;
  for (const inner of Object.values(value)) refuseUnsuitable(inner);
}
