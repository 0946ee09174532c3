import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openReader, openWriter } from './connection.ts';
import { temporaryFolder } from './test-home.ts';

const MIB = 1024 * 1024;

test('a WAL that grew while a reader held it is cut once nobody does', () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'a.db');
  const walMiB = (): number => statSync(`${file}-wal`).size / MIB;
  const writer = openWriter(file);
  writer.exec('CREATE TABLE t (text TEXT)');
  const add = writer.prepare('INSERT INTO t VALUES (?)');
  add.run('first');
  const reader = openReader(file);
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM t').get();
  for (let count = 0; count < 24; count += 1) add.run('x'.repeat(MIB));
  writer.pragma('wal_checkpoint(PASSIVE)');
  expect(walMiB()).toBeGreaterThan(24);
  reader.close();
  writer.pragma('wal_checkpoint(PASSIVE)');
  add.run('last');
  expect(walMiB()).toBeLessThanOrEqual(16);
  expect(writer.prepare('SELECT count(*) AS rows FROM t').get()).toEqual({ rows: 26 });
  writer.close();
});
