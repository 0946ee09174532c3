import type { Static, TSchema } from 'typebox';
import type { RunOptions, RunResult } from './run-command.ts';
import type { ResolvedPath } from './view-path.ts';
import type { WorkspaceView } from './workspace-view.ts';

/** What the tool does to the world. `read` alone: it changes nothing. */
export type ToolEffect = 'read' | 'write' | 'network';

export interface PluginLogger {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** The workspace's files. Every path goes through `resolve`, which follows links and never leaves the workspace. */
export interface WorkspaceFiles {
  readonly view: WorkspaceView;
  /** Throws `workspace_escape`, `symlink_loop`, `not_a_directory`. */
  resolve(path: string, lastLink?: 'follow' | 'keep'): ResolvedPath;
  /** Where a resolved path lies on this disk. */
  absolute(resolvedPath: string): string;
}

export interface ToolProgress {
  readonly done?: number;
  readonly total?: number;
}

/** What every tool is given beside its input. */
export interface ToolContext {
  /** The absolute folder that the tool works on. */
  readonly workspace: string;
  /** The absolute folder that the plugin's own files lie in. */
  readonly pluginFolder: string;
  readonly files: WorkspaceFiles;
  readonly logger: PluginLogger;
  /** Aborts when the call is cancelled or its time is up. */
  readonly signal: AbortSignal;
  /** Who commits are by; undefined where the operator has not said. */
  readonly operator: { readonly name: string; readonly email: string } | undefined;
  /** What the operator set, of the schema that the plugin declares under `settings`, with its defaults; renewed with every call. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Runs a command from an argument array, in the workspace unless `cwd` says otherwise; cancelled with the call. */
  run(argv: readonly string[], options?: Omit<RunOptions, 'signal'>): Promise<RunResult>;
  /**
   * Asks Cavern for a call, as `call('tool.call', { name: 'fs.read', input: { path: 'a.txt' } })`: in this session, within what
   * the manifest lists under capabilities, and if the policy allows it. Calls that are repeated unchanged take a short way.
   * Throws a ToolError with Cavern's code: `denied`, `not_granted`, `tool_failed`, `cancelled` …
   */
  call(method: 'tool.call' | 'tool.list', input?: unknown): Promise<unknown>;
  /**
   * Fetches through the sandbox's proxy, as Node's fetch does; cancelled with the call. Which hosts may be reached is the policy's
   * word, whether there is a network the profile's. Throws ToolError `no_network`, `fetch_failed`.
   */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>;
  progress(message: string, progress?: ToolProgress): void;
  /** Text for whoever watches, as it comes; resolves when there is room for more. */
  output(text: string): Promise<void>;
}

/** What is known of a tool without its code. */
export interface ToolDeclaration<I extends TSchema = TSchema, O extends TSchema = TSchema> {
  /** What it does, in one sentence. */
  readonly description: string;
  readonly input: I;
  readonly output: O;
  /** `patch`: the output describes a change, `full`: it is the whole of something, `value`: anything else. */
  readonly outputMode: 'patch' | 'full' | 'value';
  readonly effects: readonly ToolEffect[];
  /** The longest a call may take. */
  readonly timeoutMs: number;
}

export interface ToolDefinition<I extends TSchema = TSchema, O extends TSchema = TSchema>
  extends ToolDeclaration<I, O> {
  run(input: Static<I>, context: ToolContext): Promise<Static<O>>;
}

/** A tool of any types, as plugins keep it: what it is called with has been validated against its own schema. */
export interface AnyTool extends ToolDeclaration {
  run(input: unknown, context: ToolContext): Promise<unknown>;
}

/** Declares a tool; the types of `run` come from the schemas. */
export function tool<I extends TSchema, O extends TSchema>(definition: ToolDefinition<I, O>): ToolDefinition<I, O> {
  return definition;
}
