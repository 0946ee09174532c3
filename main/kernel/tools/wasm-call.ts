import { eventCostBytes } from '../../../schema/agent-protocol.ts';
import type { ToolEvent } from '../../../schema/contract/tool.ts';
import { Fault } from '../../../schema/fault.ts';
import type { AskingPlugin, HostCallsOf, ToolSource, WasmTools } from './ports.ts';
import type { RunningCall, ToolAnswer } from './sandbox-call.ts';
import { toolFault } from './tool-failure.ts';

const DEFAULT_MEMORY_BYTES = 64 * 1024 * 1024;

export interface WasmCallOptions {
  readonly source: Pick<ToolSource, 'onCrash' | 'settingsOf'>;
  /** Absent where WebAssembly plugins cannot be run. */
  readonly wasm?: WasmTools;
  readonly hostCalls?: HostCallsOf;
}

/** Has a WebAssembly plugin answer, without a sandbox: it has its memory, its input, its settings, and what it may ask for. */
export async function callInWasm(options: WasmCallOptions, running: RunningCall): Promise<ToolAnswer> {
  const { prepared, call, caller, signal, emit, spend } = running;
  const { tool, tags, capabilities, entry, memoryBytes = DEFAULT_MEMORY_BYTES } = prepared;
  if (options.wasm === undefined)
    throw new Fault('tool_failed', `Cannot call ${tool.name}: no WebAssembly is run here`);
  // The kernel runs it itself: nobody else can be at the other end.
  const peer = { pid: 0, uid: 0, containerId: `wasm:${tool.plugin}` };
  const asking: AskingPlugin = { plugin: tool.plugin, tags, capabilities, session: call.session, peer };
  const onCall = caller.containerId === '' ? options.hostCalls?.(asking) : undefined;
  const say = async (event: ToolEvent): Promise<void> => {
    const spent = spend(eventCostBytes(event));
    await emit(event);
    await spent;
  };
  const settings = await options.source.settingsOf?.(tool.plugin);
  const startedAt = performance.now();
  try {
    const result = await options.wasm.call({
      plugin: tool.plugin,
      file: entry,
      memoryBytes,
      asks: capabilities.length > 0 ? 'granted' : 'none',
      tool: tool.name,
      input: call.input,
      ...(settings === undefined ? {} : { settings }),
      signal,
      output: (text) => say({ type: 'output', text }),
      progress: (message) => say({ type: 'progress', message }),
      ...(onCall === undefined ? {} : { onCall }),
    });
    return { result, durationMs: performance.now() - startedAt };
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'plugin_failed') options.source.onCrash?.(tool.plugin);
    throw toolFault(thrown, { tool: tool.name, through: 'kernel' });
  }
}
