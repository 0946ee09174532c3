import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildProblem } from './build-problem.ts';
import { bundlePlugin } from './bundle-plugin.ts';
import type { Plugin } from './define-plugin.ts';
import type { WasmPlugin } from './define-wasm-plugin.ts';
import { manifestOf } from './manifest.ts';
import { nameSources } from './name-sources.ts';
import { pluginOfFolder } from './plugin-of-folder.ts';
import { moduleOf } from './wasm-module.ts';

const BESIDE = ['README.md', 'LICENSE'];

interface Component {
  readonly type: 'library';
  readonly name: string;
  readonly version?: string;
  readonly licenses?: readonly { readonly license: { readonly name: string } }[];
}

/** The folder of the package that a bundled file is of; undefined for the plugin's own and, in a checkout, the SDK's. */
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

export interface PackageBuild {
  /** Where the package is laid. */
  readonly target: string;
  /** `linked`: with a map, by which stacks name the plugin's sources. */
  readonly sourcemap?: 'linked';
}

/** Gives the packages that were bundled. */
async function bundle(folder: string, { target, ...options }: PackageBuild): Promise<Component[]> {
  const outfile = join(target, 'index.cjs');
  const inputs = await bundlePlugin(folder, { entry: 'src/index.ts', outfile, ...options });
  nameSources(folder, { outfile, inputs });
  const packages = new Set(inputs.flatMap((input) => packageFolder(input) ?? []));
  return [...packages].sort().map(componentOf);
}

async function copyModule(folder: string, target: string): Promise<Component[]> {
  const { bytes, compiler } = await moduleOf(folder);
  writeFileSync(join(target, 'plugin.wasm'), bytes);
  const license = { license: { name: 'Apache-2.0' } };
  return compiler === undefined
    ? []
    : [{ type: 'library', name: 'assemblyscript', version: compiler, licenses: [license] }];
}

/** Builds the plugin of a folder into a package that has only to be given its digests. Throws BuildProblem where its sources are at fault. */
export async function buildPackage(folder: string, build: PackageBuild): Promise<void> {
  const { target } = build;
  const plugin = await pluginOfFolder(folder);
  mkdirSync(target, { recursive: true });
  const components = plugin.runtime === 'wasm' ? await copyModule(folder, target) : await bundle(folder, build);
  writeFileSync(join(target, 'sbom.json'), sbomOf(plugin, components));
  writeFileSync(join(target, 'plugin.json'), `${JSON.stringify(manifestIn(plugin), null, 2)}\n`);
  for (const name of BESIDE) if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(target, name));
}

function manifestIn(plugin: Plugin | WasmPlugin): object {
  try {
    return { ...manifestOf(plugin), sbom: 'sbom.json' };
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new BuildProblem({
      state: 'src/plugin.ts leaves out what a plugin has to say of itself',
      why,
      fix: 'An editor marks what is missing in definePlugin({ … }) and in each tool({ … }).',
    });
  }
}
