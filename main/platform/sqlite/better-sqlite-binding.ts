import { env } from 'node:process';

/**
 * The path of the SQLite addon where it is not the package's own: an Electron with an older Node-API needs one that was
 * built for it, and the start script names it. A packaged program has the right one in place.
 */
export function betterSqliteBinding(): string | undefined {
  const path = env['CAVERN_SQLITE_BINDING'];
  return path === undefined || path === '' ? undefined : path;
}
