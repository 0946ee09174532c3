import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rgPath } from '@vscode/ripgrep';
import { build } from 'esbuild';
import { typeboxMembers } from '../../../plugins/sdk/src/typebox-members.ts';

const SOURCES = fileURLToPath(new URL('../../../plugins', import.meta.url));

/** Bundles the plugins that come with the program into a folder, as the build does. */
export async function buildPlugins(folder: string): Promise<void> {
  for (const id of ['fs', 'search', 'git', 'test']) {
    await build({
      entryPoints: [join(SOURCES, id, 'src/index.ts')],
      outfile: join(folder, id, 'index.cjs'),
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      plugins: [typeboxMembers],
      logLevel: 'error',
    });
    await copyFile(join(SOURCES, id, 'plugin.json'), join(folder, id, 'plugin.json'));
  }
  await mkdir(join(folder, 'search/bin'), { recursive: true });
  await copyFile(rgPath, join(folder, 'search/bin/rg'));
}

/** A plugin that asks for trouble: made from source text, with a manifest of one tool that takes and gives anything. */
export async function writeRawPlugin(folder: string, id: string, source: string): Promise<void> {
  await mkdir(join(folder, id), { recursive: true });
  await writeFile(join(folder, id, 'index.cjs'), source);
  const tool = {
    name: `${id}.go`,
    description: 'For a test',
    input: { type: 'object' },
    output: { type: 'object', required: ['fine'] },
    outputMode: 'value',
    effects: ['read'],
    timeoutMs: 2000,
  };
  const manifest = {
    id,
    version: '1.0.0',
    apiVersion: 1,
    displayName: id,
    description: 'For a test',
    publisher: 'test',
    license: 'MIT',
    entry: 'index.cjs',
    runtime: 'node',
    profile: 'workspace',
    capabilities: [],
    tags: [],
    tools: [tool],
  };
  await writeFile(join(folder, id, 'plugin.json'), JSON.stringify(manifest));
}
