import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Plugin } from './define-plugin.ts';
import { manifestOf } from './manifest.ts';

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

/** CycloneDX 1.6 of what was bundled: without time and serial number, so that the same sources give the same bytes. */
function sbomOf(plugin: Plugin, inputs: readonly string[]): string {
  const folders = new Set(inputs.flatMap((input) => packageFolder(input) ?? []));
  const components = [...folders].sort().map(componentOf);
  const component = { type: 'application', name: plugin.id, version: plugin.version };
  const bom = { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, metadata: { component }, components };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

/** `node build-package.ts FOLDER TARGET`: bundles the plugin of a folder into a package that has only to be given its digests. */
const [from = '.', to = ''] = process.argv.slice(2);
const folder = resolve(from);
const target = resolve(to);
const { plugin }: { plugin: Plugin } = await import(pathToFileURL(join(folder, 'src/plugin.ts')).href);
mkdirSync(target, { recursive: true });
const { metafile } = await build({
  absWorkingDir: folder,
  entryPoints: ['src/index.ts'],
  outfile: join(target, 'index.cjs'),
  bundle: true,
  platform: 'node',
  target: TARGET,
  format: 'cjs',
  metafile: true,
  logLevel: 'error',
});
const inputs = Object.keys(metafile.inputs).map((input) => resolve(folder, input));
writeFileSync(join(target, 'sbom.json'), sbomOf(plugin, inputs));
const manifest = { ...manifestOf(plugin), sbom: 'sbom.json' };
writeFileSync(join(target, 'plugin.json'), `${JSON.stringify(manifest, null, 2)}\n`);
for (const name of BESIDE) if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(target, name));
