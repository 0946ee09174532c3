import type { PluginDescription } from './define-plugin.ts';
import type { ToolDeclaration } from './tool.ts';

/** A plugin whose tools are in a WebAssembly module: what it says of itself, without code. */
export interface WasmPlugin extends PluginDescription {
  readonly runtime: 'wasm';
  /** The most memory of a call, in MiB. */
  readonly memoryMiB?: number;
  /** By full name: `words.count`. */
  readonly tools: ReadonlyMap<string, ToolDeclaration>;
}

type WasmPluginOptions = Omit<WasmPlugin, 'runtime' | 'tools'> & {
  readonly tools: Readonly<Record<string, ToolDeclaration>>;
};

/** Declares a plugin whose tools are in `plugin.wasm`: `defineWasmPlugin({ id: 'words', …, tools: { count: { input, output, … } } })`. */
export function defineWasmPlugin({ tools, ...description }: WasmPluginOptions): WasmPlugin {
  const byName = Object.entries(tools).map(([name, tool]) => [`${description.id}.${name}`, tool] as const); // a pair, not a list
  return { ...description, runtime: 'wasm', tools: new Map(byName) };
}
