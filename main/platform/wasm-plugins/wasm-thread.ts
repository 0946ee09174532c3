import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { Fault, toFault } from '../../../schema/fault.ts';
import { readHostCall } from '../../../schema/agent-protocol.ts';
import type { WasmCall } from '../../kernel/tools/ports.ts';
import { workerUrl } from '../workers/worker-url.ts';
import type { WasmMessage, WasmRequest, WasmStart } from './wasm-message.ts';

/** Of the thread's own heap; the module's memory lies outside of it and has its own limit. */
const HEAP_LIMIT_MB = 64;

/** One thread with one module, for one call at a time. What goes wrong in it ends it, and nothing else. */
export class WasmThread implements AsyncDisposable {
  readonly #plugin: string;
  readonly #answered = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  readonly #answers: MessagePort;
  readonly #worker: Promise<Worker>;
  #call: { readonly of: WasmCall; resolve(result: unknown): void; reject(cause: Fault): void } | undefined;
  #end: Fault | undefined;

  constructor(of: Pick<WasmCall, 'plugin' | 'memoryBytes' | 'asks'>, bytes: Promise<Buffer>) {
    this.#plugin = of.plugin;
    const { port1, port2 } = new MessageChannel();
    this.#answers = port1;
    port1.unref();
    const { memoryBytes, asks } = of;
    this.#worker = bytes.then((read) => this.#start({ read, memoryBytes, asks, answers: port2 }));
    this.#worker.catch(() => undefined); // Each call waits for it and gets the failure.
  }

  get ended(): boolean {
    return this.#end !== undefined;
  }

  /** Throws the plugin's own Fault, `plugin_failed`, or `cancelled`, which ends the thread whatever it is doing. */
  async call(of: WasmCall): Promise<unknown> {
    const cancel = (): void => this.#fail(new Fault('cancelled', 'The call was cancelled'));
    try {
      const worker = await this.#worker.catch((cause: unknown) => {
        this.#end ??= this.#failure(cause instanceof Error ? cause.message : String(cause), cause);
        throw this.#end;
      });
      return await new Promise((resolve, reject) => {
        if (this.#end !== undefined) return reject(this.#end);
        this.#call = { of, resolve, reject };
        of.signal.addEventListener('abort', cancel, { once: true });
        if (of.signal.aborted) return cancel();
        const { tool, input, settings } = of;
        const request: WasmRequest = { tool, input, ...(settings === undefined ? {} : { settings }) };
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
        worker.postMessage(request);
      });
    } finally {
      of.signal.removeEventListener('abort', cancel);
      this.#call = undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#fail(this.#failure('it was ended'));
    this.#answers.close();
    await this.#worker.then((worker) => worker.terminate()).catch(() => undefined);
  }

  #start(of: { read: Buffer; memoryBytes: number; asks: WasmStart['asks']; answers: MessagePort }): Worker {
    const bytes = new Uint8Array(of.read);
    const { memoryBytes, asks, answers } = of;
    const data: WasmStart = { bytes, memoryBytes, asks, answers, answered: this.#answered };
    const worker = new Worker(workerUrl({ folder: 'wasm-plugins', name: 'wasm-worker' }), {
      workerData: data,
      transferList: [answers],
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB, maxYoungGenerationSizeMb: HEAP_LIMIT_MB / 4 },
    });
    worker.unref();
    worker.on('message', (message: WasmMessage) => this.#take(message));
    worker.on('error', (cause) => this.#fail(this.#failure(cause.message, cause)));
    worker.on('exit', () => this.#fail(this.#failure('it has ended')));
    return worker;
  }

  #take(message: WasmMessage): void {
    const call = this.#call;
    switch (message.type) {
      case 'refused':
      case 'failed':
        return this.#fail(this.#failure(message.why));
      case 'done':
        return this.#settle(message.answer);
      case 'output':
        return this.#answer(call?.of.output(message.text));
      case 'progress':
        return this.#answer(call?.of.progress(message.text));
      case 'ask':
        return this.#answer(this.#ask(message.question));
    }
  }

  #ask(question: unknown): Promise<unknown> | undefined {
    const { onCall, signal } = this.#call?.of ?? {};
    const asked = typeof question === 'object' && question !== null ? { ...question, of: 'call' } : undefined;
    const call = readHostCall(asked);
    if (signal === undefined) return undefined;
    if (onCall === undefined) {
      return Promise.reject(new Fault('not_granted', 'Cannot ask for a call: nobody answers them here'));
    }
    if (call === undefined) return Promise.reject(new Fault('invalid_input', 'Cannot ask for a call: it is none'));
    return onCall({ of: call.of, method: call.method, input: call.input }, signal).then(({ result }) => result);
  }

  /** The thread stands still until this has been counted. */
  #answer(work: void | Promise<unknown> | undefined): void {
    const post = (answer: unknown): void => {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
      this.#answers.postMessage(answer);
      const counter = new Int32Array(this.#answered);
      Atomics.add(counter, 0, 1);
      Atomics.notify(counter, 0);
    };
    Promise.resolve(work).then(
      (result) => post({ result: result ?? null }),
      (thrown: unknown) => post({ error: toFault(thrown).toShape() }),
    );
  }

  #settle(answer: unknown): void {
    const { result, error }: { result?: unknown; error?: unknown } =
      typeof answer === 'object' && answer !== null ? answer : {};
    if (error === undefined) return this.#call?.resolve(result);
    const { code, message }: { code?: unknown; message?: unknown } =
      typeof error === 'object' && error !== null ? error : {};
    const own = typeof code === 'string' && /^[a-z_]{1,64}$/.test(code) ? code : 'tool_crashed';
    this.#call?.reject(new Fault(own, typeof message === 'string' ? message.slice(0, 2000) : 'The tool failed'));
  }

  #fail(fault: Fault): void {
    if (this.#end !== undefined) return;
    this.#end = fault;
    this.#call?.reject(fault);
    void this.#worker.then((worker) => worker.terminate()).catch(() => undefined);
  }

  #failure(why: string, cause?: unknown): Fault {
    const given = cause === undefined ? {} : { cause };
    return new Fault('plugin_failed', `Cannot run the plugin "${this.#plugin}": ${why}`, { ...given, retryable: true });
  }
}
