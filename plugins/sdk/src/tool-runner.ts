import type { Plugin } from './define-plugin.ts';
import { diskView } from './disk-view.ts';
import { runCommand } from './run-command.ts';
import type { ToolSchemaCheck } from './schema-check.ts';
import type { PluginLogger, ToolContext, WorkspaceFiles } from './tool.ts';
import { ToolError } from './tool-error.ts';
import { resolveInView } from './view-path.ts';

/** Of a result as JSON; a frame holds 16 MiB, and a tool cuts long results itself long before. */
export const RESULT_LIMIT_BYTES = 8 * 1024 * 1024;

export interface ToolListener {
  progress(message: string, progress: { readonly done?: number; readonly total?: number }): void;
  output(text: string): Promise<void>;
  call(method: string, input: unknown): Promise<unknown>;
  fetch(url: string | URL, init: RequestInit): Promise<Response>;
}

export interface ToolCall {
  /** The full name: `fs.read`. */
  readonly tool: string;
  readonly input: unknown;
  readonly operator?: { readonly name: string; readonly email: string } | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  readonly signal: AbortSignal;
  readonly listener: ToolListener;
}

export interface ToolRunnerOptions {
  readonly plugin: Plugin;
  readonly workspace: string;
  readonly pluginFolder: string;
  readonly logger: PluginLogger;
  /** Validates input and output where nobody else does. Served to Cavern, both are validated there, and a validator would be most of what a plugin loads. */
  readonly check?: ToolSchemaCheck;
}

export function workspaceFiles(workspace: string): WorkspaceFiles {
  const view = diskView(workspace);
  return {
    view,
    resolve: (path, lastLink) => resolveInView(view, path, lastLink),
    absolute: (path) => (path === '' ? workspace : `${workspace}/${path}`),
  };
}

/** Runs tools of one plugin. */
export class ToolRunner {
  readonly #options: ToolRunnerOptions;
  readonly #files: WorkspaceFiles;

  constructor(options: ToolRunnerOptions) {
    this.#options = options;
    this.#files = workspaceFiles(options.workspace);
  }

  /** Resolves with the tool's output and how long the tool itself took. Throws ToolError for everything that a caller should know. */
  async call(call: ToolCall): Promise<{ output: unknown; durationMs: number }> {
    const tool = this.#options.plugin.tools.get(call.tool);
    if (tool === undefined) {
      throw new ToolError('tool_unknown', `Cannot call "${call.tool}": the plugin has no such tool`);
    }
    const { check } = this.#options;
    check?.input(call.tool, tool.input, call.input);
    const startedAt = performance.now();
    const result = await tool.run(call.input, this.#context(call));
    const durationMs = performance.now() - startedAt;
    check?.output(call.tool, tool.output, result);
    return { output: result, durationMs };
  }

  #context(call: ToolCall): ToolContext {
    const { workspace, pluginFolder, logger } = this.#options;
    return {
      workspace,
      pluginFolder,
      logger,
      files: this.#files,
      signal: call.signal,
      operator: call.operator,
      settings: call.settings ?? {},
      run: (argv, options) => runCommand(argv, { cwd: workspace, ...options, signal: call.signal }),
      call: (method, input = {}) => call.listener.call(method, input),
      fetch: (url, { signal, ...init } = {}) =>
        call.listener.fetch(url, { ...init, signal: signal ? AbortSignal.any([call.signal, signal]) : call.signal }),
      progress: (message, progress = {}) => call.listener.progress(message, progress),
      output: (text) => call.listener.output(text),
    };
  }
}
