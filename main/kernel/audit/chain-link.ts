import type { AuditRecord } from '../../../schema/audit-record.ts';
import { canonicalBody, lineOfBody, type UnchainedRecord } from './canonical.ts';
import { canonicalJson } from './canonical-data.ts';
import { type ChainHead, type ChainRow, linkHash } from './chain.ts';
import { type LinkRecord, readQuickly } from './quick-body.ts';

/** One record on its way through the verifier, from whatever held it. */
export interface ChainLink extends ChainHead {
  readonly prev: string;
  /** The hash that `prev` and the bytes of the body have. */
  readonly digest: string;
  readonly record: LinkRecord;
  /** Whether the bytes it was read from are exactly its canonical form. */
  readonly canonical: boolean;
}

const SHA256_HEX = /^[0-9a-f]{64}$/;

/** The link in a stored row, whose `prev` is the hash of the row before; undefined when it holds no record. */
export function linkOfRow(row: ChainRow, previousHash: string): ChainLink | undefined {
  return linkOfText(row, { prev: previousHash, digest: linkHash(previousHash, row.body) });
}

/** The same where the bytes of the body were hashed already. */
export function linkOfText(
  { seq, hash, body }: ChainRow,
  digested: Pick<ChainLink, 'prev' | 'digest'>,
): ChainLink | undefined {
  const { prev, digest } = digested;
  const quick = readQuickly(body);
  if (quick) return { seq, hash, prev, digest, record: quick, canonical: quick.seq === seq };
  const record = parseObject(body);
  if (record === undefined) return undefined;
  return { seq, hash, prev, digest, record, canonical: record.seq === seq && isCanonicalBody(record, body) };
}

/** The link in a line of an export, without its line end; undefined when it holds no record. */
export function linkOfLine(line: string): ChainLink | undefined {
  const whole = parseObject(line);
  if (whole === undefined) return undefined;
  const { hash, prev, ...record } = whole as AuditRecord; // parseObject looked at seq, the rest is looked at here
  if (!SHA256_HEX.test(hash) || !SHA256_HEX.test(prev)) return undefined;
  const link = { seq: record.seq, hash, prev, record };
  const quick = attempt(() => canonicalBody(record));
  if (quick !== undefined && lineOfBody(quick, { prev, hash }) === line)
    return { ...link, digest: linkHash(prev, quick), canonical: true };
  // Either not canonical, or written by a later version with fields that only the general serialiser knows.
  const body = attempt(() => canonicalJson(record));
  if (body === undefined) return undefined;
  return { ...link, digest: linkHash(prev, body), canonical: attempt(() => canonicalJson(whole)) === line };
}

function parseObject(text: string): UnchainedRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const record = value as UnchainedRecord; // what the verifier relies on is looked at here, the rest is covered by the hash
  return Number.isSafeInteger(record.seq) && typeof record.type === 'string' ? record : undefined;
}

/** A later version may add fields, which only the general serialiser knows. */
function isCanonicalBody(record: UnchainedRecord, body: string): boolean {
  return attempt(() => canonicalBody(record)) === body || attempt(() => canonicalJson(record)) === body;
}

function attempt(write: () => string): string | undefined {
  try {
    return write();
  } catch {
    return undefined;
  }
}
