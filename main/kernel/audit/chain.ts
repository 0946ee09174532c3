import { hash as sha256 } from 'node:crypto';
import type { AuditRecord } from '../../../schema/audit-record.ts';
import type { UnchainedRecord } from './canonical.ts';

/** The last record of a chain: its number and its hash in lower-case hexadecimal. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** A record as it is stored: the bytes that are hashed, and the hash. `prev` is the hash of the row before. */
export interface ChainRow extends ChainHead {
  readonly body: string;
}

/** What comes before the genesis record: 32 zero bytes. */
export const EMPTY_CHAIN: ChainHead = { seq: 0, hash: '0'.repeat(64) };

const PREVIOUS_BYTES = 32;
let scratch = Buffer.allocUnsafe(64 * 1024);

/** SHA-256 over the previous hash (32 bytes) and the canonical body (UTF-8), in lower-case hexadecimal. */
export function linkHash(previousHash: string, body: string): string {
  // UTF-8 takes at most three bytes for each UTF-16 unit.
  const worstBytes = PREVIOUS_BYTES + body.length * 3;
  if (worstBytes > scratch.length) scratch = Buffer.allocUnsafe(worstBytes);
  scratch.write(previousHash, 0, 'hex');
  const endByte = PREVIOUS_BYTES + scratch.write(body, PREVIOUS_BYTES, 'utf8');
  return sha256('sha256', scratch.subarray(0, endByte), 'hex');
}

/** The record that a row holds; `previousHash` is the hash of the row before it. */
export function recordOf(row: ChainRow, previousHash: string): AuditRecord {
  // What is stored was made by canonicalBody from a record.
  const unchained = JSON.parse(row.body) as UnchainedRecord;
  return { ...unchained, prev: previousHash, hash: row.hash };
}
