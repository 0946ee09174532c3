import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openWriter } from './connection.ts';
import { migrate, SCHEMA_VERSION, versionOf } from './migrations.ts';
import { openTestHome, temporaryFolder } from './test-home.ts';

const FIXTURES = new URL('fixtures/', import.meta.url);
const versions = Array.from({ length: SCHEMA_VERSION }, (_, index) => index + 1);

test('there is a fixture of each schema', () => {
  expect(readdirSync(FIXTURES).sort()).toEqual(versions.map((version) => `schema-${version}.sql`));
});

test.each(versions)(
  'a database of schema %i is brought to the newest one, and all it held is there',
  async (version) => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'cavern.db');
    const old = new Database(file);
    old.exec(readFileSync(new URL(`schema-${version}.sql`, FIXTURES), 'utf8'));
    expect(versionOf(old)).toBe(version);
    old.close();
    await using home = await openTestHome(folder.path);
    expect(home.storage.recovery).toBeUndefined();
    expect(home.log.state.startVerified).toBe(true);
    const records = await home.storage.audit.after(0, 100);
    expect(records.map((record) => record.type)).toEqual([
      'genesis',
      'kernel_start',
      'call_decided',
      'call_finished',
      'checkpoint',
    ]);
    expect(await home.log.verify()).toMatchObject({ ok: true, records: 5, checkpoints: 1 });
    expect(await home.storage.state.list('session')).toEqual([{ id: 's1', value: { id: 's1', name: 'one' } }]);
  },
);

test('migrating twice changes nothing, and a step that fails leaves the database as it was', () => {
  using folder = temporaryFolder();
  const connection = openWriter(join(folder.path, 'cavern.db'));
  connection.exec('CREATE TABLE document (other TEXT)');
  expect(() => migrate(connection)).toThrow('table document already exists');
  expect(versionOf(connection)).toBe(0);
  expect(connection.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).pluck().all()).toEqual(['document']);
  connection.exec('DROP TABLE document');
  migrate(connection);
  migrate(connection);
  expect(versionOf(connection)).toBe(SCHEMA_VERSION);
  connection.close();
});
