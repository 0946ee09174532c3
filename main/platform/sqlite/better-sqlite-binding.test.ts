import { afterEach, expect, test, vi } from 'vitest';
import { checkBetterSqlite } from './better-sqlite-binding.ts';

const OLD = { node: '20.18.0', napi: '9' };

afterEach(() => vi.unstubAllEnvs());

test('a Node that would crash is refused before anything is loaded, with what to use', () => {
  vi.stubEnv('CAVERN_SQLITE_BINDING', '');
  expect(() => checkBetterSqlite(OLD)).toThrow(
    expect.objectContaining({
      code: 'node_too_old',
      message: 'Cannot open the home: Node 20.18.0 is too old for its database',
      why: 'The database needs Node-API 10; this Node has 9, and would crash.',
      fix: expect.stringContaining('Node 22.14'),
    }),
  );
});

test('a newer Node, an Electron, and an addon that was built for the older one are not', () => {
  vi.stubEnv('CAVERN_SQLITE_BINDING', '');
  checkBetterSqlite();
  checkBetterSqlite({ node: '22.14.0', napi: '10' });
  checkBetterSqlite({ ...OLD, electron: '33.4.11' });
  vi.stubEnv('CAVERN_SQLITE_BINDING', '/cache/better_sqlite3.node');
  checkBetterSqlite(OLD);
});
