import type { AuditType } from '../../../schema/audit-record.ts';
import { canonicalJson } from './canonical-data.ts';

/** Of a record what the chain and its index look at. */
export interface LinkRecord {
  readonly seq: number;
  readonly at: number;
  readonly type: AuditType;
  readonly actor: string;
  readonly session?: string | undefined;
  readonly sandbox?: string | undefined;
  readonly tool?: string | undefined;
  readonly decision?: string | undefined;
  readonly data?: Record<string, unknown> | undefined;
}

/** A string without escapes, as most are: it has one spelling only. */
const PLAIN = '"([^"\\\\\\u0000-\\u001f]*)"';
const INTEGER = '(0|[1-9][0-9]{0,14})';
/** An object without inner ones; whether it is canonical is looked at by itself. */
const FLAT_OBJECT = '(\\{[^{}]*\\})';

const unnamed = (pattern: string): string => pattern.replace('(', '(?:');
const maybe = (name: string, pattern: string): string => `(?:"${name}":${pattern},)?`;

/** The members of a body in their canonical order; captured is what LinkRecord has. */
const BODY = new RegExp(
  [
    '^\\{',
    maybe('act', unnamed(PLAIN)),
    `"actor":${PLAIN},"at":${INTEGER},`,
    maybe('data', FLAT_OBJECT),
    maybe('decision', PLAIN),
    maybe('durationMs', unnamed(INTEGER)),
    ...['input', 'output', 'path', 'pathBytes', 'reason', 'rule'].map((name) => maybe(name, unnamed(PLAIN))),
    maybe('sandbox', PLAIN),
    `"seq":${INTEGER},`,
    maybe('session', PLAIN),
    maybe('token', unnamed(PLAIN)),
    maybe('tool', PLAIN),
    `"type":${PLAIN}\\}$`,
  ].join(''),
);

/**
 * Reads a body that is canonical beyond doubt, at a fraction of what parsing and writing it again costs. Undefined is no
 * verdict: the body has an escape, an inner object or an unknown field, or is not canonical at all.
 */
export function readQuickly(body: string): LinkRecord | undefined {
  const found = BODY.exec(body);
  if (found === null || !body.isWellFormed()) return undefined;
  const dataText = found[3];
  const data = dataText === undefined ? undefined : readData(dataText);
  if (dataText !== undefined && data === undefined) return undefined;
  // By their places: to take an array apart goes through its iterator, once for each record of a long chain.
  return {
    seq: Number(found[6]),
    at: Number(found[2]),
    type: found[9] as AuditType, // one that this version does not know is for whoever shows the record to deal with
    actor: found[1] ?? '',
    session: found[7],
    sandbox: found[5],
    tool: found[8],
    decision: found[4],
    data,
  };
}

function readData(text: string): Record<string, unknown> | undefined {
  try {
    const data = JSON.parse(text) as Record<string, unknown>; // the pattern is that of an object
    return canonicalJson(data) === text ? data : undefined;
  } catch {
    return undefined;
  }
}
