import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { BuildProblem } from './build-problem.ts';
import { bundlePlugin } from './bundle-plugin.ts';
import type { Plugin } from './define-plugin.ts';
import type { WasmPlugin } from './define-wasm-plugin.ts';

const SOURCE = 'src/plugin.ts';

/** What a folder's `src/plugin.ts` exports as `plugin`. Runs its code. Throws BuildProblem. */
export async function pluginOfFolder(folder: string): Promise<Plugin | WasmPlugin> {
  const scratch = mkdtempSync(join(tmpdir(), 'cavern-plugin-'));
  try {
    const outfile = join(scratch, 'plugin.cjs');
    // Through a bundle, so that whatever Node this is reads TypeScript as the sandbox will.
    await bundlePlugin(folder, { entry: SOURCE, outfile, sourcemap: 'inline' });
    const plugin = exportedPlugin(loaded(folder, outfile));
    checkTools(plugin);
    return plugin;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function loaded(folder: string, file: string): Record<string, unknown> {
  process.setSourceMapsEnabled(true);
  try {
    // A module's exports are an object.
    return createRequire(file)(file) as Record<string, unknown>;
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    const place = thrown instanceof Error ? placeIn(folder, thrown.stack ?? '') : undefined;
    throw new BuildProblem({
      state: `${place ?? SOURCE}: ${message}`,
      why: `its code is run once, to learn what its tools are, and that threw: ${message}`,
      fix: 'Mend that line and save it.',
    });
  } finally {
    process.setSourceMapsEnabled(false);
  }
}

/** The first line of a stack that is of the plugin's own sources: `src/count.ts:9:15`. */
function placeIn(folder: string, stack: string): string | undefined {
  for (const [, file = '', line] of stack.matchAll(/\(?((?:\/|[A-Za-z]:\\)[^()\n]*?):(\d+:\d+)\)?$/gm)) {
    const path = relative(folder, file);
    if (!path.startsWith('..') && !path.includes('node_modules')) return `${path}:${line ?? ''}`;
  }
  return undefined;
}

function exportedPlugin(exported: Record<string, unknown>): Plugin | WasmPlugin {
  const { plugin } = exported;
  if (typeof plugin === 'object' && plugin !== null && 'tools' in plugin && plugin.tools instanceof Map) {
    // definePlugin and defineWasmPlugin are the only makers of such a value.
    return plugin as Plugin | WasmPlugin;
  }
  const names = Object.keys(exported).join(', ');
  throw new BuildProblem({
    state: `${SOURCE} exports no plugin`,
    why:
      plugin === undefined
        ? `it has to export a constant with the name "plugin", and exports ${names === '' ? 'nothing' : names}`
        : 'what it exports as "plugin" does not come from definePlugin or defineWasmPlugin',
    fix: 'Write: export const plugin = definePlugin({ … });',
  });
}

/** What an editor marks, for whoever has none. Throws BuildProblem. */
function checkTools(plugin: Plugin | WasmPlugin): void {
  for (const [name, tool] of plugin.tools) {
    const parts: Record<string, unknown> = Object(tool);
    const missing = ['description', 'input', 'output', 'outputMode', 'effects', 'timeoutMs'].filter(
      (part) => parts[part] === undefined,
    );
    if (plugin.runtime !== 'wasm' && typeof parts['run'] !== 'function') missing.push('run');
    if (missing.length === 0) continue;
    throw new BuildProblem({
      state: tool === undefined ? `the tool ${name} is undefined` : `the tool ${name} has no ${missing.join(', no ')}`,
      why:
        tool === undefined
          ? `${SOURCE} names it below "tools", and the file that it comes from exports nothing of that name`
          : 'each tool says what it is, what goes in and comes out, what it does to the workspace, and how',
      fix: tool === undefined ? 'Export it there.' : `Write ${missing.join(', ')} into its tool({ … }).`,
    });
  }
}
