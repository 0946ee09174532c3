import { receiveMessageOnPort, workerData } from 'node:worker_threads';
import { CounterSpin } from '../workers/counter-spin.ts';
import { ANSWERED, REQUESTED, SAID, type WasmMessage, type WasmRequest, type WasmStart } from './wasm-message.ts';
import { type PluginModule, readModule } from './wasm-module.ts';

const PAGE_BYTES = 65_536;
/** Of a result as JSON, as of every plugin. */
const RESULT_LIMIT_BYTES = 8 * 1024 * 1024;
/** After a call the next one is often on its way: to be woken out of the event loop takes longer than a small call. First awake, then asleep. */
const SPIN_MS = 0.1;
const LISTEN_MS = 1;

const start = workerData as WasmStart; // what its host gives
const counters = new Int32Array(start.counters);
const spin = new CounterSpin({ counters, index: REQUESTED, limitMs: SPIN_MS });
const decoder = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

function say(message: WasmMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
  start.port.postMessage(message);
  Atomics.add(counters, SAID, 1);
}

/** Stands still until the kernel has answered; being ended ends that as well. */
function wait(message: WasmMessage): unknown {
  const before = Atomics.load(counters, ANSWERED);
  say(message);
  Atomics.wait(counters, ANSWERED, before);
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

/** Answers calls of one module. */
class Answering {
  readonly #module: PluginModule;
  /** Made while nobody waits, where that runs no code of the module: nobody would end it. */
  #next: Instance | undefined;

  constructor(module: PluginModule) {
    this.#module = module;
  }

  answer(request: WasmRequest): void {
    try {
      const instance = this.#next ?? new Instance(this.#module);
      this.#next = undefined;
      say({ type: 'done', answer: instance.call(request) });
    } catch (thrown) {
      say({ type: 'failed', why: whyOf(thrown) });
    }
    this.#prepare();
  }

  #prepare(): void {
    if (this.#module.onStart === 'runs') return;
    try {
      this.#next = new Instance(this.#module);
    } catch {
      // The next call makes one itself, and says what is wrong.
    }
  }
}

/** The next request, should it come within a moment. */
function nextSoon(): WasmRequest | undefined {
  for (;;) {
    const before = Atomics.load(counters, REQUESTED);
    const next: { message: WasmRequest } | undefined = receiveMessageOnPort(start.port);
    if (next !== undefined) return next.message;
    // What was counted may have been taken already, so a change proves nothing.
    if (!spin.leaves(before) && Atomics.wait(counters, REQUESTED, before, LISTEN_MS) === 'timed-out') return undefined;
  }
}

const whyOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

function main(): void {
  try {
    const answering = new Answering(readModule(start.bytes));
    start.port.on('message', (first: WasmRequest) => {
      for (let request: WasmRequest | undefined = first; request !== undefined; request = nextSoon()) {
        answering.answer(request);
      }
    });
  } catch (thrown) {
    say({ type: 'refused', why: whyOf(thrown) });
  }
}

main();
