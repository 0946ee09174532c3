import { expect, test } from 'vitest';
import { type Connection, openWriter } from './connection.ts';
import { openTestHome, temporaryFolder } from './test-home.ts';

const RECORDS = 1200;

/** What somebody with the database and SQL can do, and the first record that then is bad. */
const tampering: Record<string, { readonly sql: string; readonly firstBad: { seq: number; problem: string } }> = {
  'a body edited': {
    sql: `UPDATE audit_record SET body = replace(body, 'input 698', 'input xxx') WHERE seq = 700`,
    firstBad: { seq: 700, problem: 'hash' },
  },
  'a hash edited': {
    sql: `UPDATE audit_record SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE seq = 700`,
    firstBad: { seq: 700, problem: 'hash' },
  },
  'a record dropped': { sql: 'DELETE FROM audit_record WHERE seq = 600', firstBad: { seq: 600, problem: 'gap' } },
  'a record at a border dropped': {
    sql: 'DELETE FROM audit_record WHERE seq = 512',
    firstBad: { seq: 512, problem: 'gap' },
  },
  'two records swapped': {
    sql: `UPDATE audit_record SET seq = -1 WHERE seq = 800; UPDATE audit_record SET seq = 800 WHERE seq = 801;
          UPDATE audit_record SET seq = 801 WHERE seq = -1`,
    firstBad: { seq: 800, problem: 'gap' },
  },
  'the end cut off': { sql: 'DELETE FROM audit_record WHERE seq > 900', firstBad: { seq: 901, problem: 'tail' } },
  'a record hidden from the filters': {
    sql: `UPDATE audit_term SET bits = zeroblob(64) WHERE field = 'decision' AND block = 1`,
    firstBad: { seq: 1024, problem: 'format' },
  },
  'a value hidden from the filters': {
    sql: `DELETE FROM audit_term WHERE field = 'decision' AND block = 0`,
    firstBad: { seq: 512, problem: 'format' },
  },
  'a checkpoint replaced': {
    sql: `UPDATE audit_record SET body = replace(body, '"type":"checkpoint"', '"type":"call_decided"') WHERE seq = 1001`,
    firstBad: { seq: 1001, problem: 'hash' },
  },
};

test.each(Object.entries(tampering))(
  '%s through SQL is found, with the first bad record',
  async (_name, { sql, firstBad }) => {
    using folder = temporaryFolder();
    await using home = await openTestHome(folder.path);
    for (let index = 0; index < RECORDS; index += 1) {
      home.log.record({ type: 'call_decided', actor: 'operator', decision: 'deny', input: `input ${index}` });
    }
    await home.log.checkpoint();
    expect(await home.log.verify()).toMatchObject({ ok: true });
    withSql(home.database, (connection) => connection.exec(sql));
    expect(await home.log.verify()).toMatchObject({ ok: false, firstBad });
  },
);

function withSql(database: string, work: (connection: Connection) => void): void {
  const connection = openWriter(database);
  try {
    work(connection);
  } finally {
    connection.close();
  }
}
