import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { WasmMessage, WasmRequest, WasmStart } from './wasm-message.ts';
import { type PluginModule, readModule } from './wasm-module.ts';

const PAGE_BYTES = 65_536;
/** Of a result as JSON, as of every plugin. */
const RESULT_LIMIT_BYTES = 8 * 1024 * 1024;

const start = workerData as WasmStart; // what its host gives
const answered = new Int32Array(start.answered);
const decoder = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

function say(message: WasmMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(message);
}

/** Stands still until the kernel has answered; being ended ends that as well. */
function wait(message: WasmMessage): unknown {
  const before = Atomics.load(answered, 0);
  say(message);
  Atomics.wait(answered, 0, before);
  return receiveMessageOnPort(start.answers)?.message as unknown; // the host posts before it counts
}

interface Exports {
  alloc(bytes: number): number;
  call(at: number, length: number): bigint;
}

/** One call in an instance of its own: nothing of a call is left for the next one. */
class Instance {
  readonly #memory: WebAssembly.Memory;
  readonly #exports: Exports;

  /** Throws where the module needs more memory at once than it may have. */
  constructor({ module, memory: { initial, maximum } }: PluginModule) {
    this.#memory = new WebAssembly.Memory({ initial, maximum: Math.min(maximum, start.memoryBytes / PAGE_BYTES) });
    const cavern = {
      output: (at: number, length: number) => void wait({ type: 'output', text: this.#text(at, length) }),
      progress: (at: number, length: number) => void wait({ type: 'progress', text: this.#text(at, length) }),
      ...(start.asks === 'granted' ? { ask: (at: number, length: number) => this.#ask(at, length) } : {}),
    };
    const abort = (): never => {
      throw new Error('it gave up');
    };
    const instance = new WebAssembly.Instance(module, { env: { memory: this.#memory, abort }, cavern });
    this.#exports = instance.exports as unknown as Exports; // readModule has looked for both
  }

  call(request: WasmRequest): unknown {
    const { at, length } = this.#put(request);
    return this.#json(this.#exports.call(at, length));
  }

  #ask(at: number, length: number): bigint {
    const answer = this.#put(wait({ type: 'ask', question: JSON.parse(this.#text(at, length)) }));
    return (BigInt(answer.at) << 32n) | BigInt(answer.length);
  }

  #put(value: unknown): { at: number; length: number } {
    const bytes = encoder.encode(JSON.stringify(value ?? null));
    const at = this.#exports.alloc(bytes.length) >>> 0;
    new Uint8Array(this.#memory.buffer).set(bytes, at);
    return { at, length: bytes.length };
  }

  /** A place in memory, as the upper and lower half of a number. */
  #json(place: bigint): unknown {
    const length = Number(BigInt.asUintN(32, place));
    if (length > RESULT_LIMIT_BYTES) throw new Error(`its answer has more than ${RESULT_LIMIT_BYTES} bytes`);
    return JSON.parse(this.#text(Number(BigInt.asUintN(32, place >> 32n)), length));
  }

  #text(at: number, length: number): string {
    const { buffer } = this.#memory;
    if ((at >>> 0) + (length >>> 0) > buffer.byteLength) throw new Error('it pointed beyond its memory');
    return decoder.decode(new Uint8Array(buffer, at >>> 0, length >>> 0));
  }
}

function main(): void {
  try {
    const module = readModule(start.bytes);
    parentPort?.on('message', (request: WasmRequest) => {
      try {
        say({ type: 'done', answer: new Instance(module).call(request) });
      } catch (thrown) {
        say({ type: 'failed', why: thrown instanceof Error ? thrown.message : String(thrown) });
      }
    });
  } catch (thrown) {
    say({ type: 'refused', why: thrown instanceof Error ? thrown.message : String(thrown) });
  }
}

main();
