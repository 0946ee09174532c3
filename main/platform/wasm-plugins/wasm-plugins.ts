import { readFile } from 'node:fs/promises';
import { Fault } from '../../../schema/fault.ts';
import type { WasmCall, WasmTools } from '../../kernel/tools/ports.ts';
import { WasmThread } from './wasm-thread.ts';

/** Calls of one plugin at a time; each has a thread. */
const AT_ONCE = 4;

/**
 * Runs WebAssembly plugins in threads of their own, without a container: a module has its memory and what it is handed, and
 * no way to anything else. Nothing counts its instructions: a call that takes too long is ended with its thread.
 */
export class WasmPlugins implements WasmTools, AsyncDisposable {
  /** One ready thread of each module, by file. */
  readonly #idle = new Map<string, WasmThread>();
  readonly #running = new Map<WasmThread, string>();

  async call(call: WasmCall): Promise<unknown> {
    const { file, signal } = call;
    if (signal.aborted) throw new Fault('cancelled', 'The call was cancelled');
    const under = [...this.#running.values()].filter((each) => each === file).length;
    if (under >= AT_ONCE) {
      throw new Fault('limit_reached', `Cannot call the plugin: ${AT_ONCE} calls are under way`, { retryable: true });
    }
    const thread = this.#idle.get(file) ?? new WasmThread(call, readFile(file));
    this.#idle.delete(file);
    this.#running.set(thread, file);
    try {
      return await thread.call(call);
    } finally {
      this.#running.delete(thread);
      if (thread.ended || this.#idle.has(file)) await thread[Symbol.asyncDispose]();
      else this.#idle.set(file, thread);
    }
  }

  /** Ends what runs of a module, and what waits. */
  async end(file: string): Promise<void> {
    const threads = [...this.#running].filter(([, of]) => of === file).map(([thread]) => thread);
    const idle = this.#idle.get(file);
    this.#idle.delete(file);
    await Promise.all([...threads, ...(idle === undefined ? [] : [idle])].map((each) => each[Symbol.asyncDispose]()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#running.keys(), ...this.#idle.values()];
    this.#idle.clear();
    await Promise.all(all.map((thread) => thread[Symbol.asyncDispose]()));
  }
}
