import { PLUGIN_API } from '../../../schema/plugin-api.ts';
import type { PluginManifest } from '../../../schema/plugin-manifest.ts';
import type { Plugin } from './define-plugin.ts';
import type { WasmPlugin } from './define-wasm-plugin.ts';

/** The names of what a plugin's build makes: a bundle, or a module. */
const ENTRIES = { node: 'index.cjs', wasm: 'plugin.wasm' } as const; // the file of each runtime

/** What has a default need not be given: the code gets it filled in, whoever fills in a form should not be asked. */
function withoutDefaultsRequired(schema: Record<string, unknown>): Record<string, unknown> {
  const { required, properties } = schema;
  if (!Array.isArray(required) || typeof properties !== 'object' || properties === null) return schema;
  const defaulted = new Set(
    Object.entries(properties).flatMap(([name, property]: [string, unknown]) =>
      typeof property === 'object' && property !== null && 'default' in property ? [name] : [],
    ),
  );
  const { required: _all, ...rest } = schema;
  const needed = required.filter((name) => !defaulted.has(String(name)));
  return needed.length === 0 ? rest : { ...rest, required: needed };
}

/** The manifest that says what the code says; digests and signature are added when the plugin is packed. */
export function manifestOf(plugin: Plugin | WasmPlugin): PluginManifest {
  const { tools, profile = 'workspace', tags = [], capabilities, settings, runtime = 'node', ...description } = plugin;
  const manifest: PluginManifest = {
    ...description,
    apiVersion: PLUGIN_API.to,
    entry: ENTRIES[runtime],
    runtime,
    profile,
    capabilities: [...capabilities],
    tags: [...tags],
    ...(settings === undefined ? {} : { settings: withoutDefaultsRequired({ ...settings }) }),
    tools: [...tools].map(([name, { description: about, input, output, outputMode, effects, timeoutMs }]) => ({
      name,
      description: about,
      input: withoutDefaultsRequired({ ...input }),
      output: { ...output },
      outputMode,
      effects: [...effects],
      timeoutMs,
    })),
  };
  // What a file can hold: schemas carry hidden marks of TypeBox.
  return JSON.parse(JSON.stringify(manifest)) as PluginManifest; // the same value, by the round trip
}

export function manifestText(plugin: Plugin): string {
  return `${JSON.stringify(manifestOf(plugin), null, 2)}\n`;
}
