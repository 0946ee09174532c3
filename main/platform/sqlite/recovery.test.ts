import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Type from 'typebox';
import { expect, test } from 'vitest';
import { Fault } from '../../../schema/fault.ts';
import type { AuditRecord } from '../../../schema/audit-record.ts';
import { openWriter } from './connection.ts';
import { openTestHome, temporaryFolder } from './test-home.ts';

const Note = Type.Object({ text: Type.String() });

/** A home with records before and after a backup, and a document; closed. */
async function makeHome(folder: string): Promise<{ database: string; backupSeq: number; lastSeq: number }> {
  await using home = await openTestHome(folder);
  const notes = await home.storage.collection('note', Note);
  await notes.putSynced('a', { text: 'before' });
  for (let index = 0; index < 600; index += 1)
    home.log.record({ type: 'call_decided', actor: 'operator', input: 'x'.repeat(200) });
  await home.log.checkpoint();
  await home.storage.backup();
  const backupSeq = home.log.state.head.seq;
  for (let index = 0; index < 600; index += 1)
    home.log.record({ type: 'call_decided', actor: 'operator', input: 'y'.repeat(200) });
  await notes.putSynced('b', { text: 'after' });
  await home.log.checkpoint();
  return { database: home.database, backupSeq, lastSeq: home.log.state.head.seq };
}

/** Opens the damaged home and answers what it says and holds. */
async function reopen(folder: string) {
  await using home = await openTestHome(folder);
  const { records } = await home.log.query({ filters: { types: ['chain_break'] } });
  const notes = await home.storage.collection('note', Note);
  const report = await home.log.verify();
  return { recovery: home.storage.recovery, breaks: records, notes: notes.all().map(({ text }) => text), report };
}

const reasons = (breaks: readonly AuditRecord[]): unknown[] => breaks.map((record) => record.reason).reverse();

test('a header that is overwritten: the newest good backup is restored, and the chain says what was lost', async () => {
  using folder = temporaryFolder();
  const { database, backupSeq } = await makeHome(folder.path);
  const bytes = readFileSync(database);
  bytes.fill(0x5a, 0, 100);
  writeFileSync(database, bytes);
  const { recovery, breaks, notes, report } = await reopen(folder.path);
  expect(recovery).toMatchObject({ problem: 'damaged', source: 'backup', lastSeq: backupSeq });
  expect(recovery?.message).toBe('The database was damaged and is set aside: the newest good backup was restored.');
  expect(existsSync(recovery?.setAside ?? '')).toBe(true);
  expect(readFileSync(recovery?.setAside ?? '').subarray(0, 100)).toEqual(Buffer.alloc(100, 0x5a));
  expect(reasons(breaks)).toEqual(['database_damaged', 'start_verification']);
  expect(breaks.at(-1)?.data).toMatchObject({ source: 'backup', lastSeq: backupSeq });
  expect(notes).toEqual(['before']);
  expect(report.ok).toBe(true);
});

test('a hole in the middle: what can be read is brought over onto the backup, record by record as far as it links', async () => {
  using folder = temporaryFolder();
  const { database, backupSeq } = await makeHome(folder.path);
  const bytes = readFileSync(database);
  const at = Math.floor((bytes.length * 0.9) / 4096) * 4096;
  bytes.fill(0, at, at + 4096);
  writeFileSync(database, bytes);
  const { recovery, breaks, report } = await reopen(folder.path);
  expect(recovery).toMatchObject({ problem: 'damaged', source: 'salvaged' });
  expect(recovery?.lastSeq).toBeGreaterThanOrEqual(backupSeq);
  expect(reasons(breaks)[0]).toBe('database_damaged');
  expect(report.ok).toBe(true);
});

test('a database of zero length in a home that was in use is not taken for a new one', async () => {
  using folder = temporaryFolder();
  const { database, backupSeq } = await makeHome(folder.path);
  truncateSync(database, 0);
  const { recovery, notes } = await reopen(folder.path);
  expect(recovery).toMatchObject({ problem: 'missing', source: 'backup', lastSeq: backupSeq });
  expect(notes).toEqual(['before']);
});

test('a database that is gone, with its backups: a new chain begins and names the checkpoint that was lost', async () => {
  using folder = temporaryFolder();
  const { database } = await makeHome(folder.path);
  rmSync(database);
  rmSync(join(folder.path, 'backups'), { recursive: true });
  const note = readFileSync(join(folder.path, 'checkpoint.note'), 'utf8');
  const { recovery, breaks } = await reopen(folder.path);
  expect(recovery).toMatchObject({ problem: 'missing', source: 'nothing', lastSeq: 0 });
  expect(reasons(breaks)).toEqual(['chain_lost', 'database_missing']);
  expect(breaks.at(-1)?.data).toEqual({ note });
});

test('a text file and a database of another program in its place are set aside unchanged', async () => {
  for (const foreign of ['text', 'database'] as const) {
    using folder = temporaryFolder();
    const { database } = await makeHome(folder.path);
    rmSync(database);
    if (foreign === 'text') writeFileSync(database, 'This is no database at all.\n'.repeat(100));
    else makeForeignDatabase(database);
    const before = readFileSync(database);
    const { recovery } = await reopen(folder.path);
    expect(recovery).toMatchObject({ problem: foreign === 'text' ? 'damaged' : 'foreign', source: 'backup' });
    expect(readFileSync(recovery?.setAside ?? '')).toEqual(before);
  }
});

test('a WAL whose end is damaged loses what was in it, and the checkpoint beside the database tells', async () => {
  using folder = temporaryFolder();
  using copy = temporaryFolder();
  {
    await using home = await openTestHome(folder.path);
    await home.log.append({ type: 'kernel_start', actor: 'kernel' });
    await home.log.append({ type: 'policy_changed', actor: 'operator' });
    await home.log.checkpoint();
    await home.storage.audit.heldNote();
    // As a crash leaves it: the WAL is not brought into the database.
    for (const name of readdirSync(folder.path)) {
      if (statSync(join(folder.path, name)).isFile()) copyFileSync(join(folder.path, name), join(copy.path, name));
    }
  }
  const wal = join(copy.path, 'cavern.db-wal');
  truncateSync(wal, statSync(wal).size - 2 * 4120);
  const { recovery, breaks, report } = await reopen(copy.path);
  expect(recovery).toBeUndefined();
  expect(reasons(breaks)).toEqual(['start_verification']);
  expect(breaks[0]?.data).toMatchObject({ problem: 'tail' });
  expect(report.ok).toBe(true);
});

test('a WAL that is overwritten in its middle gives what was in it before, and the checkpoint beside the database tells of the rest', async () => {
  using folder = temporaryFolder();
  using copy = temporaryFolder();
  let lastSeq = 0;
  {
    await using home = await openTestHome(folder.path);
    for (let index = 0; index < 40; index += 1) await home.log.append({ type: 'policy_changed', actor: 'operator' });
    await home.log.checkpoint();
    lastSeq = home.log.state.head.seq;
    await home.storage.audit.heldNote();
    for (const name of readdirSync(folder.path)) {
      if (statSync(join(folder.path, name)).isFile()) copyFileSync(join(folder.path, name), join(copy.path, name));
    }
  }
  const wal = join(copy.path, 'cavern.db-wal');
  const bytes = readFileSync(wal);
  const middle = bytes.length - 20 * 4120;
  bytes.fill(0x5a, middle, middle + 200);
  writeFileSync(wal, bytes);
  const { recovery, breaks, report } = await reopen(copy.path);
  expect(recovery).toBeUndefined();
  expect(reasons(breaks)).toEqual(['start_verification']);
  expect(breaks[0]?.data).toMatchObject({ problem: 'tail' });
  // The acts before the damage are there, those behind it are not.
  expect(breaks[0]?.data?.['firstBad']).toBeGreaterThan(10);
  expect(breaks[0]?.data?.['firstBad']).toBeLessThan(lastSeq);
  expect(report.ok).toBe(true);
});

test('a WAL of which nothing can be read is not taken for the first start', async () => {
  for (const damage of ['emptied', 'overwritten', 'removed'] as const) {
    using folder = temporaryFolder();
    using copy = temporaryFolder();
    {
      await using home = await openTestHome(folder.path);
      await home.log.append({ type: 'policy_changed', actor: 'operator' });
      await home.log.checkpoint();
      await home.storage.audit.heldNote();
      for (const name of readdirSync(folder.path)) {
        if (statSync(join(folder.path, name)).isFile()) copyFileSync(join(folder.path, name), join(copy.path, name));
      }
    }
    const wal = join(copy.path, 'cavern.db-wal');
    if (damage === 'emptied') truncateSync(wal, 0);
    else if (damage === 'removed') rmSync(wal);
    else writeFileSync(wal, Buffer.alloc(statSync(wal).size, 0x5a));
    const { recovery, breaks, report } = await reopen(copy.path);
    // Everything was in the WAL.
    expect(recovery?.message, damage).toBe(
      'The database was missing or empty: nothing could be recovered, and a new one was begun.',
    );
    expect(reasons(breaks), damage).toEqual(['chain_lost', 'database_missing']);
    expect(report.ok).toBe(true);
  }
});

test('each recovery is told in a sentence, and the chain holds it', async () => {
  const cases: [damage: (database: string) => void, message: string][] = [
    [
      (database) => truncateSync(database, 0),
      'The database was missing or empty: the newest good backup was restored.',
    ],
    [
      (database) => {
        rmSync(database);
        makeForeignDatabase(database);
      },
      'The database was of another program and is set aside: the newest good backup was restored.',
    ],
    [
      (database) => {
        const bytes = readFileSync(database);
        const at = Math.floor((bytes.length * 0.9) / 4096) * 4096;
        writeFileSync(database, bytes.fill(0, at, at + 4096));
      },
      'The database was damaged and is set aside: what could be read of it was brought over.',
    ],
    [
      (database) => {
        rmSync(database);
        rmSync(join(database, '..', 'backups'), { recursive: true });
      },
      'The database was missing or empty: nothing could be recovered, and a new one was begun.',
    ],
  ];
  for (const [damage, message] of cases) {
    using folder = temporaryFolder();
    const { database } = await makeHome(folder.path);
    damage(database);
    const { recovery, breaks } = await reopen(folder.path);
    expect(recovery?.message).toBe(message);
    expect(breaks.map(({ data }) => data?.['message'])).toContain(message);
  }
});

test('a database that a newer version has written is left alone', async () => {
  using folder = temporaryFolder();
  const { database } = await makeHome(folder.path);
  const connection = openWriter(database);
  connection.pragma('user_version = 99');
  connection.close();
  const refusal = await openTestHome(folder.path).catch((cause: unknown) => cause);
  expect(refusal).toBeInstanceOf(Fault);
  expect(refusal).toMatchObject({
    code: 'storage_newer',
    message: 'Cannot open the database: a newer version of Cavern has written it',
  });
});

test('backups are verified copies, and the newest five are kept', async () => {
  using folder = temporaryFolder();
  {
    await using home = await openTestHome(folder.path);
    for (let round = 0; round < 7; round += 1) {
      await home.log.append({ type: 'session_ended', actor: 'operator' });
      await home.storage.backup();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
  const names = readdirSync(join(folder.path, 'backups'));
  expect(names.length).toBe(5);
  expect(names.every((name) => /^cavern-\d{8}T\d{9}Z\.db$/.test(name))).toBe(true);
});

function makeForeignDatabase(file: string): void {
  const connection = openWriter(file);
  connection.exec('CREATE TABLE recipe (name TEXT)');
  connection.pragma('journal_mode = DELETE');
  connection.close();
}

test('what a crash left unfinished is gone at the next start, and nothing else is', async () => {
  using folder = temporaryFolder();
  const { database } = await makeHome(folder.path);
  const kept = join(folder.path, 'archives', 'notes.tmp.txt');
  mkdirSync(join(folder.path, 'archives'), { recursive: true });
  const unfinished = [
    join(folder.path, 'backups', 'cavern-20250615T150640000Z.db.tmp'),
    join(folder.path, 'backups', 'cavern-20250615T150640000Z.db.tmp-journal'),
    join(folder.path, 'archives', 'audit-1-50.jsonl.zst.tmp'),
    join(folder.path, 'archives', 'audit-1-50.jsonl.zst.manifest.json.tmp-4711'),
    join(folder.path, 'checkpoint.note.tmp-4711'),
  ];
  for (const file of [kept, ...unfinished]) writeFileSync(file, 'x');
  await reopen(folder.path);
  expect(unfinished.filter(existsSync)).toEqual([]);
  expect([kept, database].filter(existsSync)).toEqual([kept, database]);
});
