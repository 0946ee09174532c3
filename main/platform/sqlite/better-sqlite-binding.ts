import { env, versions } from 'node:process';
import { Fault } from '../../../schema/fault.ts';

/** The version of Node-API that the package's own addon is built for: Node 22.14 has it, and 24. */
const NODE_API = 10;

/**
 * The path of the SQLite addon where it is not the package's own: an Electron with an older Node-API needs one that was
 * built for it, and the start script names it. A packaged program has the right one in place.
 */
export function betterSqliteBinding(): string | undefined {
  const path = env['CAVERN_SQLITE_BINDING'];
  return path === undefined || path === '' ? undefined : path;
}

/** What runs this program, as Node says it. */
export type Runtime = Readonly<Record<'node' | 'napi', string | undefined>> & {
  readonly electron?: string | undefined;
};

/**
 * Finds out, without loading it, whether the addon can be loaded: an older Node would end with a segmentation fault.
 * @throws Fault `node_too_old`
 */
export function checkBetterSqlite({ node, napi, electron }: Runtime = { ...versions, napi: versions['napi'] }): void {
  if (electron !== undefined || betterSqliteBinding() !== undefined || Number(napi) >= NODE_API) return;
  throw new Fault('node_too_old', `Cannot open the home: Node ${node} is too old for its database`, {
    why: `The database needs Node-API ${NODE_API}; this Node has ${napi}, and would crash.`,
    fix: 'Use Node 22.14 or newer. In a checkout `npm run -s cavern -- …` brings its own.',
  });
}
