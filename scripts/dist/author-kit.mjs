import { chmodSync, copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stageSdk } from '../sdk/stage-sdk.mjs';
import { checkout } from '../setup/folders.mjs';

const modules = join(checkout, 'node_modules');
const SDK = '@cavern/plugin-sdk';

/**
 * Lays out what the installed program writes and builds plugins with (main/platform/plugin-files/author-kit.ts): the SDK and the packages
 * it needs as archives, the templates, the program of the thread that builds, and the compiler.
 * @param {{ folder: string, scratch: string }} options `scratch` is for what is in between
 */
export async function stageAuthorKit({ folder, scratch }) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(checkout, 'plugins', 'sdk', 'templates'), join(folder, 'templates'), { recursive: true });
  await bundleBuilder(join(folder, 'build-worker.mjs'));
  copyCompiler(folder);
  const sdk = join(scratch, 'sdk');
  await stageSdk(sdk);
  await writePackages(join(folder, 'packages'), sdk);
}

/** @param {string} outfile */
async function bundleBuilder(outfile) {
  const { build } = await import('esbuild');
  await build({
    absWorkingDir: checkout,
    entryPoints: ['plugins/sdk/src/build-worker.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.18',
    format: 'esm',
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'inline',
    logLevel: 'warning',
    // The compiler's own interface is a module of the older kind.
    banner: {
      js: [
        "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
        'const __filename=import.meta.filename,__dirname=import.meta.dirname;',
      ].join(''),
    },
  });
}

/**
 * The binary of this platform. Where it lies is said in ESBUILD_BINARY_PATH.
 * @param {string} folder
 */
function copyCompiler(folder) {
  const name = process.platform === 'win32' ? 'esbuild.exe' : 'esbuild';
  const from = join(modules, '@esbuild', `${process.platform}-${process.arch}`);
  copyFileSync(join(from, ...(process.platform === 'win32' ? [name] : ['bin', name])), join(folder, name));
  chmodSync(join(folder, name), 0o755);
  copyFileSync(join(modules, 'esbuild', 'LICENSE.md'), join(folder, 'LICENSE.esbuild.md'));
}

/**
 * @param {string} folder
 * @param {string} sdk where it was laid out
 */
async function writePackages(folder, sdk) {
  mkdirSync(folder);
  const folders = { [SDK]: sdk, ...dependenciesOf(sdk, ['@types/node']) };
  const packages = [];
  for (const [name, from] of Object.entries(folders)) {
    const version = String(manifestOf(from).version);
    const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
    await writePackage(from, join(folder, file));
    packages.push({ name, version, file });
  }
  const listed = { sdk: packages.find(({ name }) => name === SDK)?.file, packages };
  writeFileSync(join(folder, 'packages.json'), `${JSON.stringify(listed, null, 2)}\n`);
}

/**
 * Every package that one needs, by name, with the folder it lies in.
 * @param {string} folder
 * @param {readonly string[]} [others] names of further ones
 * @returns {Record<string, string>}
 */
function dependenciesOf(folder, others = []) {
  const names = [...Object.keys(manifestOf(folder).dependencies ?? {}), ...others];
  const found = names.map((name) => [name, join(modules, name)]);
  return Object.assign(Object.fromEntries(found), ...found.map(([, path = '']) => dependenciesOf(path)));
}

/** @param {string} folder */
function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/**
 * As npm packs a folder.
 * @param {string} from
 * @param {string} file
 */
async function writePackage(from, file) {
  const { packArchive } = await import('../../main/platform/plugin-files/pack-archive.ts');
  const files = readdirSync(from, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({
      path: `package/${relative(from, path).replaceAll('\\', '/')}`,
      content: readFileSync(path),
    }));
  writeFileSync(file, await packArchive(files));
}
