import type { Plugin } from './define-plugin.ts';
import type { PluginLogger } from './tool.ts';
import { ToolError } from './tool-error.ts';
import { noNetwork } from './sandbox-fetch.ts';
import { toolSchemaCheck } from './schema-check.ts';
import { ToolRunner } from './tool-runner.ts';

export interface HarnessCall {
  readonly signal?: AbortSignal;
  readonly operator?: { readonly name: string; readonly email: string };
  /** What an operator would have set. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly onOutput?: (text: string) => void;
  /** Stands for Cavern: answers what the tool asks for with `context.call`. */
  readonly onCall?: (method: string, input: unknown) => Promise<unknown>;
  /** Stands for the network; without it there is none. */
  readonly onFetch?: (request: Request) => Promise<Response>;
}

export interface HarnessOutcome {
  readonly result: unknown;
  readonly output: string;
  readonly progress: readonly string[];
}

const quiet: PluginLogger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

async function notConnected(method: string): Promise<never> {
  throw new ToolError('disconnected', `Cannot ask for ${method}: the harness was given no onCall`);
}

/** Runs a plugin's tools in this process, validated like in a sandbox but not isolated: for a plugin's own tests. */
export class PluginHarness {
  readonly #plugin: Plugin;
  readonly #runner: ToolRunner;

  constructor(options: { readonly plugin: Plugin; readonly workspace: string; readonly pluginFolder: string }) {
    this.#plugin = options.plugin;
    this.#runner = new ToolRunner({ ...options, logger: quiet, check: toolSchemaCheck() });
  }

  /** Calls a tool by its short name. Throws its ToolError. */
  async call(name: string, input: unknown = {}, call: HarnessCall = {}): Promise<HarnessOutcome> {
    const texts: string[] = [];
    const progress: string[] = [];
    const { output } = await this.#runner.call({
      tool: `${this.#plugin.id}.${name}`,
      input: structuredClone(input),
      signal: call.signal ?? new AbortController().signal,
      operator: call.operator,
      settings: call.settings,
      listener: {
        call: call.onCall ?? notConnected,
        fetch: async (url, init) => call.onFetch?.(new Request(url, init)) ?? noNetwork(url),
        progress: (message) => void progress.push(message),
        output: async (text) => {
          texts.push(text);
          call.onOutput?.(text);
        },
      },
    });
    return { result: output, output: texts.join(''), progress };
  }

  /** The code that a call is refused with; throws when it is not. */
  async refusal(name: string, input: unknown, call: HarnessCall = {}): Promise<string> {
    try {
      await this.call(name, input, call);
    } catch (thrown) {
      if (thrown instanceof ToolError) return thrown.code;
      throw thrown;
    }
    throw new Error(`${name} was not refused`);
  }
}
