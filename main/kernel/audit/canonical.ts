import type { AuditRecord } from '../../../schema/audit-record.ts';
import { canonicalData, canonicalJson } from './canonical-data.ts';

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
  const { before, after } = canonicalHalves(record, record.at);
  const text = before + record.seq + after;
  return hasLoneSurrogate(text) ? canonicalJson(record) : text;
}

/** A body around its sequence number: `before`, the number, `after`. */
export interface BodyHalves {
  readonly before: string;
  readonly after: string;
}

/** The body of a record whose number is not known yet. A lone surrogate in it is left as an escape: see `hasLoneSurrogate`. */
export function canonicalHalves(fields: Omit<UnchainedRecord, 'seq' | 'at'>, at: number): BodyHalves {
  const head = JSON.stringify({ act: fields.act, actor: fields.actor, at });
  const data = fields.data === undefined ? '' : `,"data":${canonicalData(fields.data)}`;
  const middle = JSON.stringify({
    decision: fields.decision,
    durationMs: fields.durationMs,
    input: fields.input,
    output: fields.output,
    path: fields.path,
    pathBytes: fields.pathBytes,
    reason: fields.reason,
    rule: fields.rule,
    sandbox: fields.sandbox,
  });
  const tail = JSON.stringify({ session: fields.session, token: fields.token, tool: fields.tool, type: fields.type });
  const comma = middle === '{}' ? '' : ',';
  return { before: `${head.slice(0, -1)}${data}${comma}${middle.slice(1, -1)},"seq":`, after: `,${tail.slice(1)}` };
}

/** Whether a text of the built-in serialiser may hold a lone surrogate, which it writes as an escape and RFC 8785 refuses. */
export function hasLoneSurrogate(text: string): boolean {
  return text.includes('\\ud');
}

/** The record's canonical JSON, whole: one line of an export, without its line end. */
export function canonicalLine({ prev, hash, ...record }: AuditRecord): string {
  return lineOfBody(canonicalBody(record), { prev, hash });
}

/** The members that sort behind `hash`, in their order, as they begin; one of them, `seq`, is in every record. */
const BEHIND_HASH = /"(?:input|output|path|pathBytes|reason|rule|sandbox|seq)":/g;
const BEHIND_PREV = /"(?:reason|rule|sandbox|seq)":/g;

/**
 * The whole record's canonical JSON from its body and its hashes. Where there is no inner object a member's beginning
 * cannot occur but as itself, as quotes inside of strings are escaped: the hashes are put in without parsing.
 */
export function lineOfBody(body: string, { prev, hash }: Pick<AuditRecord, 'prev' | 'hash'>): string {
  const hashAt = body.indexOf('{', 1) < 0 ? firstOf(BEHIND_HASH, body, 0) : -1;
  if (hashAt < 0) return canonicalJson({ ...(JSON.parse(body) as UnchainedRecord), prev, hash }); // a body is a record's
  const prevAt = firstOf(BEHIND_PREV, body, hashAt);
  return `${body.slice(0, hashAt)}"hash":"${hash}",${body.slice(hashAt, prevAt)}"prev":"${prev}",${body.slice(prevAt)}`;
}

/** Where one of the members begins, from there on; below 0 where none does. */
function firstOf(members: RegExp, body: string, from: number): number {
  members.lastIndex = from;
  return members.test(body) ? body.lastIndexOf('"', members.lastIndex - 3) : -1;
}
