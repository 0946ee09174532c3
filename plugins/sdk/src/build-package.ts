import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Plugin } from './define-plugin.ts';
import type { WasmPlugin } from './define-wasm-plugin.ts';
import { manifestOf } from './manifest.ts';
import { typeboxMembers } from './typebox-members.ts';
import { moduleOf } from './wasm-module.ts';

/** Sandboxes have at least this Node. */
const TARGET = 'node20';
const BESIDE = ['README.md', 'LICENSE'];

interface Component {
  readonly type: 'library';
  readonly name: string;
  readonly version?: string;
  readonly licenses?: readonly { readonly license: { readonly name: string } }[];
}

/** The folder of the package that a bundled file is of; undefined for the plugin's own and the SDK's. */
function packageFolder(input: string): string | undefined {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}

function componentOf(folder: string): Component {
  const { name, version, license }: { name?: unknown; version?: unknown; license?: unknown } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  return {
    type: 'library',
    name: String(name),
    ...(typeof version === 'string' ? { version } : {}),
    ...(typeof license === 'string' ? { licenses: [{ license: { name: license } }] } : {}),
  };
}

/** CycloneDX 1.6 of what was built in: without time and serial number, so that the same sources give the same bytes. */
function sbomOf({ id, version }: Plugin | WasmPlugin, components: readonly Component[]): string {
  const component = { type: 'application', name: id, version };
  const bom = { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, metadata: { component }, components };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

/** Gives the packages that were bundled. */
async function bundle(folder: string, target: string): Promise<Component[]> {
  const { metafile } = await build({
    absWorkingDir: folder,
    entryPoints: ['src/index.ts'],
    outfile: join(target, 'index.cjs'),
    bundle: true,
    platform: 'node',
    target: TARGET,
    format: 'cjs',
    metafile: true,
    plugins: [typeboxMembers],
    logLevel: 'error',
  });
  const inputs = Object.keys(metafile.inputs).map((input) => resolve(folder, input));
  const packages = new Set(inputs.flatMap((input) => packageFolder(input) ?? []));
  return [...packages].sort().map(componentOf);
}

function copyModule(folder: string, target: string): Component[] {
  const { bytes, compiler } = moduleOf(folder);
  writeFileSync(join(target, 'plugin.wasm'), bytes);
  const license = { license: { name: 'Apache-2.0' } };
  return compiler === undefined
    ? []
    : [{ type: 'library', name: 'assemblyscript', version: compiler, licenses: [license] }];
}

/** `node build-package.ts FOLDER TARGET`: builds the plugin of a folder into a package that has only to be given its digests. */
const [from = '.', to = ''] = process.argv.slice(2);
const folder = resolve(from);
const target = resolve(to);
const { plugin }: { plugin: Plugin | WasmPlugin } = await import(pathToFileURL(join(folder, 'src/plugin.ts')).href);
mkdirSync(target, { recursive: true });
const components = plugin.runtime === 'wasm' ? copyModule(folder, target) : await bundle(folder, target);
writeFileSync(join(target, 'sbom.json'), sbomOf(plugin, components));
const manifest = { ...manifestOf(plugin), sbom: 'sbom.json' };
writeFileSync(join(target, 'plugin.json'), `${JSON.stringify(manifest, null, 2)}\n`);
for (const name of BESIDE) if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(target, name));
