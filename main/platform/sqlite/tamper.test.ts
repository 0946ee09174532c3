import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { canonicalBody } from '../../kernel/audit/canonical.ts';
import { type ChainRow, linkHash, recordOf } from '../../kernel/audit/chain.ts';
import { parseNote, type Signer, signerFromSeed, signNote } from '../../kernel/audit/checkpoint-note.ts';
import { verifyExport } from '../audit-files/verify-export.ts';
import { type Connection, openWriter } from './connection.ts';
import { openTestHome, temporaryFolder, type TestHome } from './test-home.ts';

const RECORDS = 1200;
const SAMPLES = 200;
const SQL_SAMPLES = 25;
const LINE_END = 0x0a;

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
  'the first record dropped': { sql: 'DELETE FROM audit_record WHERE seq = 1', firstBad: { seq: 1, problem: 'gap' } },
  'the first record edited': {
    sql: `UPDATE audit_record SET body = replace(body, 'abab', 'abac') WHERE seq = 1`,
    firstBad: { seq: 1, problem: 'hash' },
  },
  'every record dropped': { sql: 'DELETE FROM audit_record', firstBad: { seq: 1, problem: 'tail' } },
  'a record doubled': {
    sql: `UPDATE audit_record SET seq = -seq WHERE seq > 700; UPDATE audit_record SET seq = 1 - seq WHERE seq < 0;
          INSERT INTO audit_record SELECT 701, hash, body FROM audit_record WHERE seq = 700`,
    firstBad: { seq: 701, problem: 'gap' },
  },
  'a record inserted': {
    sql: `UPDATE audit_record SET seq = -seq WHERE seq > 700; UPDATE audit_record SET seq = 1 - seq WHERE seq < 0;
          INSERT INTO audit_record SELECT 701, hash, replace(body, '"seq":700', '"seq":701') FROM audit_record
          WHERE seq = 700`,
    firstBad: { seq: 701, problem: 'hash' },
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

test('a chain rewritten through SQL from some record on, with a foreign key, is found at its first foreign checkpoint', async () => {
  using folder = temporaryFolder();
  await using home = await tallHome(folder.path);
  await newestNoteHeld(home);
  const foreign = signerFromSeed(new Uint8Array(32).fill(9));
  withSql(home.database, (connection) => rewriteFrom(connection, 700, foreign));
  expect(await home.log.verify()).toMatchObject({ ok: false, firstBad: { seq: 1001, problem: 'signature' } });
});

test('a tail cut off and written anew without a checkpoint is found by the checkpoint that is still held', async () => {
  using folder = temporaryFolder();
  await using home = await tallHome(folder.path);
  await newestNoteHeld(home);
  withSql(home.database, (connection) => {
    connection.exec('DELETE FROM audit_record WHERE seq > 1100');
    let previous = String(connection.prepare('SELECT hash FROM audit_record WHERE seq = 1100').pluck().get());
    for (let seq = 1101; seq <= 1300; seq += 1) {
      const body = canonicalBody({ seq, at: 1, type: 'call_decided', actor: 'operator' });
      previous = linkHash(previous, body);
      connection.prepare('INSERT INTO audit_record VALUES (?, ?, ?)').run(seq, previous, body);
    }
  });
  const held = parseNote((await home.storage.audit.heldNote()) ?? '');
  expect(await home.log.verify()).toMatchObject({ ok: false, firstBad: { seq: held?.seq, problem: 'tail' } });
});

test('every sampled change of a single byte of a large export is found, in the record that holds it', {
  timeout: 60_000,
}, async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'export.jsonl');
  {
    await using home = await tallHome(folder.path);
    await home.log.export(file);
  }
  const bytes = readFileSync(file);
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const at = Math.floor(((sample + Math.random()) / SAMPLES) * bytes.length);
    const line = bytes.subarray(0, at).filter((byte) => byte === LINE_END).length + 1;
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ (1 + Math.floor(Math.random() * 255));
    writeFileSync(file, changed);
    const report = await verifyExport(file);
    expect(report.firstBad?.seq, `byte ${at}: ${changed[at]}`).toBe(line);
  }
});

test('every sampled change of a single character through SQL is found, in the record that holds it', {
  timeout: 120_000,
}, async () => {
  using folder = temporaryFolder();
  await using home = await tallHome(folder.path);
  for (let sample = 0; sample < SQL_SAMPLES; sample += 1) {
    const seq = 1 + Math.floor(((sample + Math.random()) / SQL_SAMPLES) * RECORDS);
    const { hash, body } = rowOf(home.database, seq);
    const whole = body + hash;
    const at = Math.floor(Math.random() * whole.length);
    const other = String.fromCharCode(whole.charCodeAt(at) ^ (1 + Math.floor(Math.random() * 31)));
    const changed = whole.slice(0, at) + other + whole.slice(at + 1);
    const put = (text: string): void =>
      withSql(home.database, (connection) => {
        const update = connection.prepare('UPDATE audit_record SET body = ?, hash = ? WHERE seq = ?');
        update.run(text.slice(0, body.length), text.slice(body.length), seq);
      });
    put(changed);
    expect((await home.log.verify()).firstBad?.seq, `record ${seq}, character ${at}: ${other}`).toBe(seq);
    put(whole);
  }
});

/** A home with some checkpoints; the newest one is kept beside the database. */
async function tallHome(folder: string): Promise<TestHome> {
  const home = await openTestHome(folder);
  for (let index = 0; index < RECORDS; index += 1) {
    home.log.record({ type: 'call_decided', actor: 'operator', decision: 'deny', input: `input ${index}` });
  }
  await home.log.checkpoint();
  return home;
}

/** The newest checkpoint is written beside the database at most once a second; until then an older one is held. */
async function newestNoteHeld(home: TestHome): Promise<void> {
  await expect.poll(async () => parseNote((await home.storage.audit.heldNote()) ?? '')?.seq).toBeGreaterThan(1100);
}

/** Links every record from that one on anew, with another text in the first and checkpoints of another key. */
function rewriteFrom(connection: Connection, firstSeq: number, signer: Signer): void {
  const rows = connection
    .prepare<[number], ChainRow>('SELECT seq, hash, body FROM audit_record WHERE seq >= ? ORDER BY seq')
    .all(firstSeq);
  let previous = String(
    connection
      .prepare('SELECT hash FROM audit_record WHERE seq = ?')
      .pluck()
      .get(firstSeq - 1),
  );
  for (const { seq, body } of rows) {
    const { prev: _prev, hash: _hash, ...record } = recordOf({ seq, hash: '', body }, '');
    const chain = 'ab'.repeat(16);
    const data = { note: signNote(chain, { seq: seq - 1, hash: previous }, signer), publicKey: signer.publicKey };
    const changed =
      record.type === 'checkpoint' ? { ...record, data } : seq === firstSeq ? { ...record, input: 'another' } : record;
    const text = canonicalBody(changed);
    previous = linkHash(previous, text);
    connection.prepare('UPDATE audit_record SET hash = ?, body = ? WHERE seq = ?').run(previous, text, seq);
  }
}

function rowOf(database: string, seq: number): ChainRow {
  let row: ChainRow | undefined;
  withSql(database, (connection) => {
    row = connection.prepare<[number], ChainRow>('SELECT seq, hash, body FROM audit_record WHERE seq = ?').get(seq);
  });
  return row ?? expect.fail(`There is no record ${seq}`);
}

function withSql(database: string, work: (connection: Connection) => void): void {
  const connection = openWriter(database);
  try {
    work(connection);
  } finally {
    connection.close();
  }
}
