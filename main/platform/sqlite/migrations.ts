import { Fault } from '../../../schema/fault.ts';
import { APPLICATION_ID, type Connection } from './connection.ts';

/**
 * Every step of the schema, in order; `user_version` is the number of steps a database has taken. A step that was released
 * is never changed. The tables are described in docs/audit-format.md.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE audit_record (
    seq INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE TABLE audit_block (
    block INTEGER PRIMARY KEY,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE audit_term (
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    block INTEGER NOT NULL,
    bits BLOB NOT NULL,
    PRIMARY KEY (field, value, block)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE document (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    value TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE sync_mark (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    count INTEGER NOT NULL
  ) STRICT;
  INSERT INTO sync_mark VALUES (1, 0);
  `,
  `
  CREATE TABLE audit_base (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  `,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** Brings a database to the newest schema, each step in a transaction of its own. Throws `storage_newer` for one that a later version wrote. */
export function migrate(connection: Connection): void {
  const from = versionOf(connection);
  if (from > SCHEMA_VERSION) {
    throw new Fault('storage_newer', 'Cannot open the database: a newer version of Cavern has written it', {
      why: `Its schema is number ${from}, this version knows ${SCHEMA_VERSION}.`,
      fix: 'Start the newer version, or use another home.',
    });
  }
  for (const [index, step] of MIGRATIONS.entries()) {
    if (index < from) continue;
    connection.transaction(() => {
      connection.exec(step);
      connection.pragma(`application_id = ${APPLICATION_ID}`);
      connection.pragma(`user_version = ${index + 1}`);
    })();
  }
}

/** How many steps a database has taken; 0 for an empty one. */
export function versionOf(connection: Connection): number {
  return Number(connection.pragma('user_version', { simple: true }));
}
