import type { SessionId, Tool } from '../../../schema/entities.ts';
import type { PluginCapability, PluginManifest } from '../../../schema/plugin-manifest.ts';
import type { ServerStart } from '../plugins/server-start.ts';
import type { AgentConnection, AgentPeer, AgentRequestOptions } from '../sandboxes/agent-port.ts';
import type { PluginPlace, SandboxGrants } from '../sandboxes/plugins/plugin-place.ts';
import type { SessionLayer } from '../sandboxes/session-layer.ts';

export interface ToolInput {
  readonly session: SessionId;
  readonly name: string;
  readonly input: unknown;
}

/** A tool and where its plugin lies. */
/** Only what came with the program carries it. */
export const CORE_TAG = 'core_plugin';

export interface RegisteredTool {
  readonly tool: Tool;
  /** Inside a sandbox; of WebAssembly, on this machine. */
  readonly entry: string;
  /** What runs the entry. */
  readonly runtime: PluginManifest['runtime'];
  /** The most that a WebAssembly module may have. */
  readonly memoryBytes?: number;
  /** What an MCP server is started with, with placeholders for settings. */
  readonly start?: ServerStart;
  /** What the plugin itself calls it, where that is another name. */
  readonly calledAs?: string | undefined;
  /** Whose it is (`core_plugin`, `third_party`) and what its manifest says of it; the policy judges by them. */
  readonly tags: readonly string[];
  /** What its manifest lets it ask for. */
  readonly capabilities: readonly PluginCapability[];
  /** Of a plugin that did not come with the program: what the sandbox is to be that it has to itself. Absent: it works in the session's. */
  readonly own?: Pick<PluginPlace, 'profile' | keyof SandboxGrants>;
}

/** A plugin that answers a call, and asks for calls itself meanwhile. */
export interface AskingPlugin {
  readonly plugin: string;
  readonly tags: readonly string[];
  readonly capabilities: readonly PluginCapability[];
  readonly session: SessionId;
  /** The kernel's own end of the connection that it asks over. */
  readonly peer: AgentPeer;
}

/** Port: answers what plugins ask for. */
export type HostCallsOf = (asking: AskingPlugin) => NonNullable<AgentRequestOptions['onCall']>;

export interface WasmCall {
  readonly plugin: string;
  /** The module, on this machine. */
  readonly file: string;
  readonly memoryBytes: number;
  /** Whether it may ask for calls at all. */
  readonly asks: 'granted' | 'none';
  readonly tool: string;
  readonly input: unknown;
  /** What the operator set; absent where the plugin has no settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  /** The plugin stands still until it resolves. */
  readonly output: (text: string) => Promise<void>;
  readonly progress: (message: string) => Promise<void>;
  readonly onCall?: NonNullable<AgentRequestOptions['onCall']>;
}

/** Port: runs WebAssembly plugins, which need no sandbox. */
export interface WasmTools {
  /** Throws a Fault with the plugin's own code, `plugin_failed`, `limit_reached` or `cancelled`. */
  call(call: WasmCall): Promise<unknown>;
}

/** Who offers tools: the registry of plugins. */
export interface ToolSource {
  tools(): Promise<readonly RegisteredTool[]>;
  tool(name: string): Promise<RegisteredTool | undefined>;
  /** Something for each time the tools may be others, from the call on. Absent: they never are. */
  changes?(signal: AbortSignal): AsyncIterable<void>;
  /** A tool of the plugin has answered. */
  onAnswer(plugin: string): void;
  /** The process of the plugin has ended where it should have answered. */
  onCrash?(plugin: string): void;
  /** What the operator set for the plugin; undefined where it has no settings. Throws `invalid_setting` where something is missing. */
  settingsOf?(plugin: string): Promise<Record<string, unknown> | undefined>;
}

/** What tools need of the sandboxes. Both throw `session_not_running` or `not_found` for a session that has none. */
export interface ToolSandboxes {
  connection(session: SessionId): AgentConnection;
  layer(session: SessionId): SessionLayer;
  readonly plugins?: PluginSandboxes;
}

/** Port: the sandboxes that plugins have to themselves. */
export interface PluginSandboxes {
  /** Does the work with the connection to the plugin's own sandbox, which is started where there is none. Throws as the sandboxes do. */
  use<T>(place: PluginPlace, signal: AbortSignal, work: (connection: AgentConnection) => Promise<T>): Promise<T>;
}

export interface KernelSideCall {
  readonly name: string;
  /** Validated, with its defaults. */
  readonly input: unknown;
  readonly layer: SessionLayer;
  readonly signal: AbortSignal;
  readonly output: (text: string) => Promise<void>;
}

/** Port: tools that only read can be answered without the sandbox, byte for byte as the sandbox would. */
export interface KernelSideTools {
  /** Undefined where only the sandbox can answer. Throws a Fault with the tool's own code. */
  call(call: KernelSideCall): Promise<{ readonly result: unknown } | undefined>;
  /** Where a path leads as the sandbox sees it: relative to the workspace, or an absolute path or `..` outside of it; `..` also where that cannot be told, undefined where it leads nowhere. */
  resolve(layer: SessionLayer, paths: readonly string[]): readonly (string | undefined)[];
}

export interface OperatorIdentity {
  readonly name: string;
  readonly email: string;
}
