import { type ChainHead, EMPTY_CHAIN } from '../../kernel/audit/chain.ts';
import type { Connection } from './connection.ts';

/** The record before the first one that the database holds: the last of the newest archive, or the empty chain. */
export function readChainBase(connection: Connection): ChainHead {
  return connection.prepare<[], ChainHead>('SELECT seq, hash FROM audit_base WHERE id = 1').get() ?? EMPTY_CHAIN;
}

export function writeChainBase(connection: Connection, { seq, hash }: ChainHead): void {
  if (seq === 0) connection.exec('DELETE FROM audit_base');
  else connection.prepare('INSERT OR REPLACE INTO audit_base VALUES (1, ?, ?)').run(seq, hash);
}
