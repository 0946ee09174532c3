import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkout } from '../setup/folders.mjs';
import { sqliteForElectron } from '../setup/native-modules.mjs';

const modules = join(checkout, 'node_modules');

/** What the bundles leave outside and the window's process loads at run time. */
const runtimeModules = ['@bokuweb/zstd-wasm', 'better-sqlite3', 'koffi'];

/**
 * Lays out the app to package: what was built, a manifest without development parts, and the few modules that are not bundled.
 * @param {{ folder: string, electronVersion: string }} options `folder` is emptied first
 */
export function stageApp({ folder, electronVersion }) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const published = (/** @type {string} */ path) => !path.endsWith('.map') && !path.endsWith('.stamps');
  cpSync(join(checkout, 'out'), join(folder, 'out'), { recursive: true, filter: published });
  copyFileSync(join(checkout, 'LICENSE'), join(folder, 'LICENSE'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify(publishedManifest(), null, 2));
  stageSqlite(folder, electronVersion);
  stageKoffi(folder);
  stageZstd(folder);
}

/** The manifest of the app: who it is, where it starts, and what lies in its node_modules. */
function publishedManifest() {
  const { name, version, description, license, author, type, main, dependencies } = JSON.parse(
    readFileSync(join(checkout, 'package.json'), 'utf8'),
  );
  const kept = Object.fromEntries(runtimeModules.map((module) => [module, dependencies[module]]));
  return { name, version, description, license, author, type, main, dependencies: kept };
}

/**
 * better-sqlite3 looks in build/Release first, so that is where the one binary for this Electron goes.
 * @param {string} folder
 * @param {string} electronVersion
 */
function stageSqlite(folder, electronVersion) {
  const [from, to] = [join(modules, 'better-sqlite3'), join(folder, 'node_modules', 'better-sqlite3')];
  cpSync(join(from, 'lib'), join(to, 'lib'), { recursive: true });
  copyFileSync(join(from, 'LICENSE'), join(to, 'LICENSE'));
  // Its dependencies are those of its compilation.
  const { dependencies: _, ...manifest } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  writeFileSync(join(to, 'package.json'), JSON.stringify(manifest, null, 2));
  const binary = join(to, 'build', 'Release', 'better_sqlite3.node');
  mkdirSync(dirname(binary), { recursive: true });
  const prebuilt = join(from, 'prebuilds', `${process.platform}-${process.arch}.node`);
  copyFileSync(sqliteForElectron(electronVersion) ?? prebuilt, binary);
}

/**
 * koffi finds its binary in a package beside it that is named after the platform. Its C sources stay out.
 * @param {string} folder
 */
function stageKoffi(folder) {
  const isCode = (/** @type {string} */ path) =>
    statSync(path).isDirectory() ? !/[\\/](doc|lib|vendor)$/.test(path) : /\.(c?js|json|txt)$/.test(path);
  cpSync(join(modules, 'koffi'), join(folder, 'node_modules', 'koffi'), { recursive: true, filter: isCode });
  const ownLibc = (/** @type {string} */ path) => !path.includes('musl_');
  cpSync(join(modules, '@koromix'), join(folder, 'node_modules', '@koromix'), { recursive: true, filter: ownLibc });
}

/**
 * What Electron's Node has no zstd of its own for: the build for Node, with the code that it reads from a file beside it.
 * @param {string} folder
 */
function stageZstd(folder) {
  const [from, to] = [join(modules, '@bokuweb', 'zstd-wasm'), join(folder, 'node_modules', '@bokuweb', 'zstd-wasm')];
  cpSync(join(from, 'dist', 'common'), join(to, 'dist', 'common'), { recursive: true });
  copyFileSync(join(from, 'package.json'), join(to, 'package.json'));
}
