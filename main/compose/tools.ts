import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { Sandboxes } from '../kernel/sandboxes/sandboxes.ts';
import type { AutomaticMerges } from '../kernel/changes/merge/automatic-merge.ts';
import type { TextWork } from '../kernel/changes/diff/text-operations.ts';
import type { HostCallsOf, ToolInput } from '../kernel/tools/ports.ts';
import type { TakeTurn } from '../kernel/scheduler/turn.ts';
import { Tools } from '../kernel/tools/tools.ts';
import { ThreadedSchemaWork } from '../platform/schema-check/threaded-schema-work.ts';
import { WasmPlugins } from '../platform/wasm-plugins/wasm-plugins.ts';
import { kernelSideTools } from '../platform/plugin-files/kernel-side-tools.ts';
import { gitIdentity } from '../platform/plugin-files/operator-identity.ts';
import type { ComposeOptions } from './compose-options.ts';
import { composePlugins, type PluginsParts } from './plugins.ts';
import { sandboxUser } from './sandbox-user.ts';

export interface ToolsParts extends Omit<PluginsParts, 'wasm' | 'schemas'> {
  readonly sandboxes: Sandboxes;
  readonly automatic: AutomaticMerges;
  /** Answers what plugins ask for; there once the calls are. */
  readonly hostCalls: () => HostCallsOf;
  readonly texts: TextWork;
  readonly takeTurn: TakeTurn;
}

/** The registry of plugins and the calls to their tools. */
export async function composeTools(options: ComposeOptions, parts: ToolsParts) {
  const { files, logger } = options;
  const { sandboxes, automatic, texts, hostCalls, takeTurn } = parts;
  const wasm = parts.disposers.add(new WasmPlugins());
  const schemas = parts.disposers.add(new ThreadedSchemaWork(systemClock));
  const { plugins, ...installing } = await composePlugins(options, { ...parts, wasm, schemas });
  const kernelSide = kernelSideTools({ user: sandboxUser(), ripgrep: join(files.plugins, 'search', 'bin', 'rg') });
  const tools = new Tools({
    source: plugins,
    wasm,
    sandboxes,
    kernelSide,
    onCall: (call, signal) => observeTests(automatic, call, signal),
    texts,
    schemas,
    takeTurn,
    operator: gitIdentity(),
    hostCalls: (asking) => hostCalls()(asking),
    clock: systemClock,
    logger,
  });
  return { plugins, tools, installing };
}

/** Whether the tests passed on what a session changed is one of the criteria for merging it without a person. */
async function observeTests(automatic: AutomaticMerges, call: ToolInput, signal: AbortSignal) {
  if (call.name !== 'test.run') return undefined;
  const end = await automatic.testsBegin(call.session, signal);
  return (result: unknown): Promise<void> => {
    const ok = typeof result === 'object' && result !== null && 'ok' in result && result.ok === true;
    return end(ok);
  };
}
