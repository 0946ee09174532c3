import type { TSchema } from 'typebox';
import type { PluginCapability } from '../../../schema/plugin-manifest.ts';
import type { AnyTool, ToolDefinition } from './tool.ts';

export interface PluginDescription {
  /** Lower case, digits and hyphens; it is the first part of each tool's name. */
  readonly id: string;
  /** Semantic version. */
  readonly version: string;
  readonly displayName: string;
  readonly description: string;
  readonly publisher: string;
  /** SPDX identifier. */
  readonly license: string;
  /** The sandbox profile; `workspace` unless given. */
  readonly profile?: string;
  readonly capabilities: readonly PluginCapability[];
  readonly tags?: readonly string[];
  /** What an operator may set, an object; the tools find it in their context. */
  readonly settings?: TSchema;
}

export interface Plugin extends PluginDescription {
  readonly runtime?: never;
  readonly memoryMiB?: never;
  /** By full name: `fs.read`. */
  readonly tools: ReadonlyMap<string, AnyTool>;
}

/**
 * Declares a plugin: `definePlugin({ id: 'hello', …, tools: { greet: { input, output, run(input, context) { … } } } })`.
 * The types of each `run` are inferred from its own schemas.
 */
export function definePlugin<I extends Record<string, TSchema>, O extends { [K in keyof I]: TSchema }>(
  options: PluginDescription & { readonly tools: { readonly [K in keyof I]: ToolDefinition<I[K], O[K]> } },
): Plugin {
  const { tools, ...description } = options;
  const byName = new Map<string, AnyTool>();
  for (const [name, definition] of Object.entries(tools)) {
    // Its input is validated against its own schema before `run` sees it (ToolRunner).
    byName.set(`${description.id}.${name}`, definition);
  }
  return { ...description, tools: byName };
}
