import type { WasmPlugin } from './define-wasm-plugin.ts';
import type { HarnessOutcome } from './harness.ts';
import { toolSchemaCheck } from './schema-check.ts';
import { ToolError } from './tool-error.ts';

const PAGE_BYTES = 65_536;
const MIB = 1024 * 1024;
const DEFAULT_MEMORY_MIB = 64;

export interface WasmHarnessCall {
  /** Stand for what the operator set. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Stands for Cavern: answers what the module asks for. It throws a ToolError to refuse. */
  readonly onCall?: (method: string, input: unknown) => unknown;
}

interface Exports {
  alloc(bytes: number): number;
  call(at: number, length: number): bigint;
}

interface Running extends WasmHarnessCall {
  readonly output: string[];
  readonly progress: string[];
}

/**
 * Runs the tools of a WebAssembly plugin in this process, validated and with the functions that Cavern offers: for a plugin's own
 * tests. Each call has an instance of its own. What never comes to an end is not ended here.
 */
export class WasmHarness {
  readonly #plugin: WasmPlugin;
  readonly #module: WebAssembly.Module;
  readonly #check = toolSchemaCheck();

  /** Throws where `module` is no WebAssembly. */
  constructor({ plugin, module }: { readonly plugin: WasmPlugin; readonly module: Uint8Array }) {
    this.#plugin = plugin;
    this.#module = new WebAssembly.Module(new Uint8Array(module));
  }

  /** Calls a tool by its short name. Throws its ToolError, and an Error where the module trapped. */
  async call(name: string, input: unknown = {}, { onCall, settings }: WasmHarnessCall = {}): Promise<HarnessOutcome> {
    const full = `${this.#plugin.id}.${name}`;
    const tool = this.#plugin.tools.get(full);
    if (tool === undefined) throw new ToolError('tool_unknown', `Cannot call "${full}": the plugin has no such tool`);
    const given: unknown = structuredClone(input);
    this.#check.input(full, tool.input, given);
    const running: Running = { ...(onCall === undefined ? {} : { onCall }), output: [], progress: [] };
    const request = { tool: full, input: given, ...(settings === undefined ? {} : { settings }) };
    const result = resultOf(new Instance(this.#module, this.#plugin, running).call(request));
    this.#check.output(full, tool.output, result);
    return { result, output: running.output.join(''), progress: running.progress };
  }

  /** The code that a call is refused with; throws when it is not. */
  async refusal(name: string, input: unknown, call: WasmHarnessCall = {}): Promise<string> {
    try {
      await this.call(name, input, call);
    } catch (thrown) {
      if (thrown instanceof ToolError) return thrown.code;
      throw thrown;
    }
    throw new Error(`${name} was not refused`);
  }
}

function resultOf(answer: unknown): unknown {
  const { result, error }: { result?: unknown; error?: { code?: unknown; message?: unknown } } = Object(answer);
  if (error === undefined) return result;
  throw new ToolError(String(error.code), String(error.message));
}

/** As Cavern's own worker does it; docs/plugins.md describes both sides. */
class Instance {
  readonly #memory: WebAssembly.Memory;
  readonly #exports: Exports;
  readonly #running: Running;

  constructor(module: WebAssembly.Module, { memoryMiB = DEFAULT_MEMORY_MIB, capabilities }: WasmPlugin, run: Running) {
    const pages = (memoryMiB * MIB) / PAGE_BYTES;
    this.#running = run;
    this.#memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const cavern = {
      output: (at: number, length: number) => void run.output.push(this.#text(at, length)),
      progress: (at: number, length: number) => void run.progress.push(this.#text(at, length)),
      ...(capabilities.length === 0 ? {} : { ask: (at: number, length: number) => this.#ask(at, length) }),
    };
    const abort = (): never => {
      throw new Error('the module gave up');
    };
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory, abort }, cavern });
    this.#exports = exports as unknown as Exports; // a module without them fails where they are called
  }

  call(request: { readonly tool: string; readonly input: unknown; readonly settings?: unknown }): unknown {
    const { at, length } = this.#put(request);
    const place = this.#exports.call(at, length);
    return JSON.parse(this.#text(Number(place >> 32n), Number(BigInt.asUintN(32, place))));
  }

  #ask(at: number, length: number): bigint {
    const { method, input }: { method?: unknown; input?: unknown } = JSON.parse(this.#text(at, length));
    const answer = this.#put(this.#answer(String(method), input));
    return (BigInt(answer.at) << 32n) | BigInt(answer.length);
  }

  #answer(method: string, input: unknown): unknown {
    const { onCall } = this.#running;
    if (onCall === undefined) {
      return { error: { code: 'disconnected', message: `Cannot ask for ${method}: the harness was given no onCall` } };
    }
    try {
      return { result: onCall(method, input) ?? null };
    } catch (thrown) {
      if (thrown instanceof ToolError) return { error: { code: thrown.code, message: thrown.message } };
      throw thrown;
    }
  }

  #put(value: unknown): { at: number; length: number } {
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    const at = this.#exports.alloc(bytes.length) >>> 0;
    new Uint8Array(this.#memory.buffer).set(bytes, at);
    return { at, length: bytes.length };
  }

  #text(at: number, length: number): string {
    const bytes = new Uint8Array(this.#memory.buffer, at >>> 0, length >>> 0);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  }
}
