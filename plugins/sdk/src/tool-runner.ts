import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { Plugin } from './define-plugin.ts';
import { diskView } from './disk-view.ts';
import { runCommand } from './run-command.ts';
import { compileSchema, schemaErrors } from './schema-check.ts';
import type { PluginLogger, ToolContext, WorkspaceFiles } from './tool.ts';
import { ToolError } from './tool-error.ts';
import { resolveInView } from './view-path.ts';

/** Of a result as JSON; a frame holds 16 MiB, and a tool cuts long results itself long before. */
export const RESULT_LIMIT_BYTES = 8 * 1024 * 1024;

export interface ToolListener {
  progress(message: string, progress: { readonly done?: number; readonly total?: number }): void;
  output(text: string): Promise<void>;
  call(method: string, input: unknown): Promise<unknown>;
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
}

export function workspaceFiles(workspace: string): WorkspaceFiles {
  const view = diskView(workspace);
  return {
    view,
    resolve: (path, lastLink) => resolveInView(view, path, lastLink),
    absolute: (path) => (path === '' ? workspace : `${workspace}/${path}`),
  };
}

/** Runs tools of one plugin: input and output are validated, what a tool gives is bounded. */
export class ToolRunner {
  readonly #options: ToolRunnerOptions;
  readonly #files: WorkspaceFiles;
  readonly #validators = new Map<string, { input: ValidateFunction; output: ValidateFunction }>();

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
    const { input, output } = this.#validatorsOf(call.tool);
    if (!input(call.input)) throw invalid('invalid_input', `Cannot call ${call.tool}: its input`, input);
    const startedAt = performance.now();
    const result = await tool.run(call.input, this.#context(call));
    const durationMs = performance.now() - startedAt;
    if (!output(result)) throw invalid('invalid_output', `Cannot answer ${call.tool}: its output`, output);
    return { output: result, durationMs };
  }

  #validatorsOf(name: string): { input: ValidateFunction; output: ValidateFunction } {
    const known = this.#validators.get(name);
    if (known) return known;
    const tool = this.#options.plugin.tools.get(name);
    const made = { input: compileSchema(tool?.input ?? {}), output: compileSchema(tool?.output ?? {}) };
    this.#validators.set(name, made);
    return made;
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
      progress: (message, progress = {}) => call.listener.progress(message, progress),
      output: (text) => call.listener.output(text),
    };
  }
}

function invalid(code: string, subject: string, validate: ValidateFunction): ToolError {
  const errors = schemaErrors(validate.errors);
  const first = errors[0];
  return new ToolError(
    code,
    `${subject} is not of its schema: ${first?.pointer || '/'} ${first?.message ?? 'is wrong'}`,
    {
      data: { errors },
    },
  );
}
