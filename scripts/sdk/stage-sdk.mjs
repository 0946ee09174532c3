import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../setup/folders.mjs';

/** What a plugin imports as `@cavern/plugin-sdk/NAME`; everything else of the SDK is for the checkout. */
export const publicModules = [
  'define-plugin',
  'define-wasm-plugin',
  'harness',
  'manifest',
  'policy-extension',
  'sandbox-harness',
  'serve-plugin',
  'tool',
  'tool-error',
  'view-path',
  'wasm-harness',
  'workspace-path',
  'workspace-view',
];

/** What a plugin's own scripts start. */
const programs = ['build-module'];

const source = join(checkout, 'plugins', 'sdk');

/**
 * Lays out the SDK as a package that any registry could have: JavaScript for Node 20, types, README and licence. In the checkout its
 * modules are TypeScript and share files with the kernel, which no package can.
 * @param {string} folder is emptied first
 * @throws where it does not build
 */
export async function stageSdk(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await bundleModules(join(folder, 'dist'));
  writeTypes(folder);
  copyFileSync(join(source, 'README.md'), join(folder, 'README.md'));
  copyFileSync(join(checkout, 'LICENSE'), join(folder, 'LICENSE'));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
}

/** @param {string} outdir */
async function bundleModules(outdir) {
  const { build } = await import('esbuild');
  await build({
    absWorkingDir: checkout,
    entryPoints: [...publicModules, ...programs].map((name) => join(source, 'src', `${name}.ts`)),
    outdir,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
}

/**
 * A declaration beside every source that is reached, in the folders of the checkout.
 * @param {string} folder
 */
function writeTypes(folder) {
  const config = join(folder, 'tsconfig.json');
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    // Node has WebAssembly; its types are in that of browsers. No declaration names them.
    lib: ['ES2023', 'ES2024.String', 'ESNext.Disposable', 'DOM'],
    rootDir: checkout,
    outDir: join(folder, 'types'),
    typeRoots: [join(checkout, 'node_modules', '@types')],
  };
  const files = publicModules.map((name) => join(source, 'src', `${name}.ts`));
  writeFileSync(
    config,
    JSON.stringify({ extends: join(checkout, 'tsconfig.json'), compilerOptions, files, include: [] }),
  );
  const tsc = join(checkout, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', config], { encoding: 'utf8' });
  rmSync(config);
  if (status !== 0) throw new Error(`Cannot write the types of the SDK:\n${stdout}`);
}

function manifest() {
  const { name, version, description, license, author, keywords, dependencies } = JSON.parse(
    readFileSync(join(source, 'package.json'), 'utf8'),
  );
  return {
    name,
    version,
    description,
    keywords,
    license,
    author,
    type: 'module',
    engines: { node: '>=20' },
    exports: Object.fromEntries(publicModules.map((module) => [`./${module}`, exported(module)])),
    files: ['dist', 'types'],
    sideEffects: programs.map((program) => `./dist/${program}.js`),
    // A plugin has these packages too: one copy of each serves both.
    dependencies: Object.fromEntries(Object.entries(dependencies).map(([used, pinned]) => [used, `^${pinned}`])),
    peerDependencies: { '@types/node': '>=20' },
    peerDependenciesMeta: { '@types/node': { optional: true } },
  };
}

/** @param {string} module */
function exported(module) {
  return { types: `./types/plugins/sdk/src/${module}.d.ts`, default: `./dist/${module}.js` };
}
