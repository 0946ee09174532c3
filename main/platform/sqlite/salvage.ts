import { type ChainHead, type ChainRow, EMPTY_CHAIN, linkHash } from '../../kernel/audit/chain.ts';
import { AuditTable } from './audit-table.ts';
import { readChainBase, writeChainBase } from './chain-base.ts';
import { type Connection, openReader } from './connection.ts';
import type { StoredDocument } from './state-table.ts';
import { SyncMode } from './sync-mode.ts';

const ROWS_AT_A_TIME = 500;

/** The last record of a database's chain; that of the empty chain when it has none. */
export function readChainHead(connection: Connection): ChainHead {
  const newest = connection
    .prepare<[], ChainHead>('SELECT seq, hash FROM audit_record ORDER BY seq DESC LIMIT 1')
    .get();
  return newest ?? EMPTY_CHAIN;
}

/**
 * Brings over what can be read of a damaged database: the records that follow the target's chain, as far as they link, and
 * the documents. Answers whether there was anything. Never throws for what the damaged file does.
 */
export function salvage(damaged: string, target: Connection): boolean {
  const source = attempt(() => openReader(damaged));
  if (source === undefined) return false;
  try {
    const records = attempt(() => salvageRecords(source, target)) ?? 0;
    const documents = attempt(() => salvageDocuments(source, target)) ?? 0;
    return records + documents > 0;
  } finally {
    source.close();
  }
}

function salvageRecords(source: Connection, target: Connection): number {
  const rows = source.prepare<[number, number], ChainRow>(
    'SELECT seq, hash, body FROM audit_record WHERE seq > ? ORDER BY seq LIMIT ?',
  );
  if (readChainHead(target).seq === 0) writeChainBase(target, attempt(() => readChainBase(source)) ?? EMPTY_CHAIN);
  const table = new AuditTable(target, new SyncMode(target));
  let brought = 0;
  for (;;) {
    const after = table.head ?? readChainBase(target);
    const found = attempt(() => rows.all(after.seq, ROWS_AT_A_TIME)) ?? oneByOne(rows, after.seq);
    const good = linked(found, after);
    if (good.length === 0) return brought;
    const bodies = good.map((row) => row.body);
    const hashes = good.map((row) => row.hash);
    table.append({ after, bodies, hashes, durability: 'synced' });
    brought += good.length;
  }
}

/** The rows before the damaged page of a stretch that cannot be read at once. */
function oneByOne(rows: { all(after: number, limit: number): ChainRow[] }, after: number): ChainRow[] {
  const found: ChainRow[] = [];
  for (;;) {
    const next = attempt(() => rows.all(after + found.length, 1))?.[0];
    if (next === undefined) return found;
    found.push(next);
  }
}

/** The rows that follow the head and each other. */
function linked(rows: readonly ChainRow[], after: ChainHead): ChainRow[] {
  let head = after;
  const good: ChainRow[] = [];
  for (const row of rows) {
    if (row.seq !== head.seq + 1 || linkHash(head.hash, row.body) !== row.hash) break;
    good.push(row);
    head = row;
  }
  return good;
}

function salvageDocuments(source: Connection, target: Connection): number {
  const documents = source
    .prepare<[], StoredDocument & { changedAt: number }>(
      'SELECT kind, id, value, changed_at AS changedAt FROM document',
    )
    .all();
  const put = target.prepare('INSERT OR REPLACE INTO document VALUES (?, ?, ?, ?)');
  target.transaction(() => {
    // What the backup has and the damaged file does not was deleted after the backup.
    if (documents.length > 0) target.exec('DELETE FROM document');
    for (const { kind, id, value, changedAt } of documents) put.run(kind, id, value, changedAt);
  })();
  return documents.length;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
