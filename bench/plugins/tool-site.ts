import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { manifestOf, manifestText } from '../../plugins/sdk/src/manifest.ts';
import { typeboxMembers } from '../../plugins/sdk/src/typebox-members.ts';
import type { SessionId } from '../../schema/entities.ts';
import { Fault } from '../../schema/fault.ts';
import { systemClock } from '../../main/base/clock.ts';
import { silentLogger } from '../../main/base/logger.ts';
import { ThreadedSchemaWork } from '../../main/platform/schema-check/threaded-schema-work.ts';
import { directTextWork } from '../../main/kernel/changes/diff/direct-text-work.fixture.ts';
import { PluginRegistry } from '../../main/kernel/plugins/plugin-registry.ts';
import { INSIDE } from '../../main/kernel/sandboxes/container-spec.ts';
import type { Sandboxes } from '../../main/kernel/sandboxes/sandboxes.ts';
import type { RegisteredTool, WasmTools } from '../../main/kernel/tools/ports.ts';
import { Tools } from '../../main/kernel/tools/tools.ts';
import { pluginFolders } from '../../main/platform/plugin-files/plugin-folders.ts';
import { echoPlugin } from './echo-plugin.ts';

/** Builds the plugin of the bench as the SDK builds plugins. */
export async function writeEchoPlugin(plugins: string): Promise<void> {
  const folder = join(plugins, echoPlugin.id);
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [join(import.meta.dirname, 'echo-entry.ts')],
    outfile: join(folder, 'index.cjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    plugins: [typeboxMembers],
    logLevel: 'error',
  });
  writeFileSync(join(folder, 'plugin.json'), manifestText(echoPlugin));
}

/** Tools as the kernel has them, all of them answered in the sandboxes. */
export function toolSite(sandboxes: Sandboxes, plugins: string): Tools {
  return new Tools({
    source: new PluginRegistry({
      folders: pluginFolders(),
      builtinFolder: plugins,
      insideFolder: INSIDE.plugins,
      logger: silentLogger,
    }),
    sandboxes,
    kernelSide: { call: async () => undefined, resolve: (_layer, paths) => paths.map(() => undefined) },
    texts: directTextWork,
    schemas: new ThreadedSchemaWork(systemClock),
    operator: async () => undefined,
    clock: systemClock,
    logger: silentLogger,
  });
}

/** The same tool of a WebAssembly module, without sandboxes. */
export function wasmSite(wasm: WasmTools, file: string): Tools {
  const [described] = manifestOf(echoPlugin).tools;
  if (described === undefined) throw new Error('Cannot measure: the plugin has no tool');
  const tool = { ...described, plugin: echoPlugin.id };
  const registered: RegisteredTool = { tool, entry: file, runtime: 'wasm', tags: [], capabilities: [] };
  const none = (): never => {
    throw new Fault('session_not_running', 'Cannot reach it: there is none');
  };
  return new Tools({
    source: { tools: async () => [registered], tool: async () => registered, onAnswer: () => undefined },
    sandboxes: { connection: none, layer: none },
    wasm,
    kernelSide: { call: async () => undefined, resolve: () => [] },
    texts: directTextWork,
    schemas: new ThreadedSchemaWork(systemClock),
    operator: async () => undefined,
    clock: systemClock,
    logger: silentLogger,
  });
}

/** The last event's result of one call, as the operator. */
export async function callTool(
  tools: Tools,
  session: SessionId,
  call: { name: string; input: object },
): Promise<unknown> {
  let result: unknown;
  const context = {
    caller: { actor: 'operator', tags: [], containerId: '', peerPid: 0 },
    signal: AbortSignal.timeout(60_000),
    decision: {
      decision: 'allow' as const,
      via: 'rules' as const,
      rule: 'bench',
      reasons: [],
      flagged: false,
      warnings: [],
    },
    receivedAt: performance.now(),
    reviewMs: 0,
    note: () => undefined,
  } satisfies Parameters<Tools['call']>[1];
  for await (const event of tools.call({ session, ...call }, context)) {
    if (event.type === 'result') ({ result } = event);
  }
  return result;
}

export const SAY = { name: 'echo.say', input: { text: 'hello' } } as const;
