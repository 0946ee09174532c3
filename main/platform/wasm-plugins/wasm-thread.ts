import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { Fault, toFault } from '../../../schema/fault.ts';
import { readHostCall } from '../../../schema/agent-protocol.ts';
import type { WasmCall } from '../../kernel/tools/ports.ts';
import { CounterSpin } from '../workers/counter-spin.ts';
import { workerUrl } from '../workers/worker-url.ts';
import {
  ANSWERED,
  COUNTERS,
  REQUESTED,
  SAID,
  type WasmMessage,
  type WasmRequest,
  type WasmStart,
} from './wasm-message.ts';

/** Of the thread's own heap; the module's memory lies outside of it and has its own limit. */
const HEAP_LIMIT_MB = 64;
/** How long an answer is watched for before the event loop is left to bring it: a small call takes less than to be woken. */
const SPIN_MS = 0.15;

/** One thread with one module, for one call at a time. What goes wrong in it ends it, and nothing else. */
export class WasmThread implements AsyncDisposable {
  readonly #plugin: string;
  readonly #counters = new Int32Array(new SharedArrayBuffer(COUNTERS * Int32Array.BYTES_PER_ELEMENT));
  readonly #spin = new CounterSpin({ counters: this.#counters, index: SAID, limitMs: SPIN_MS });
  readonly #port: MessagePort;
  readonly #answers: MessagePort;
  readonly #worker: Promise<Worker>;
  #call: { readonly of: WasmCall; resolve(result: unknown): void; reject(cause: Fault): void } | undefined;
  #end: Fault | undefined;

  constructor(of: Pick<WasmCall, 'plugin' | 'memoryBytes' | 'asks'>, bytes: Promise<Buffer>) {
    this.#plugin = of.plugin;
    const [calls, answers] = [new MessageChannel(), new MessageChannel()];
    this.#port = calls.port1;
    this.#answers = answers.port1;
    calls.port1.on('message', (message: WasmMessage) => this.#take(message));
    for (const port of [calls.port1, answers.port1]) port.unref();
    const { memoryBytes, asks } = of;
    const start = { memoryBytes, asks, port: calls.port2, answers: answers.port2, counters: this.#counters.buffer };
    this.#worker = bytes.then((read) => this.#start({ ...start, bytes: new Uint8Array(read) }));
    this.#worker.catch(() => undefined); // Each call waits for it and gets the failure.
  }

  get ended(): boolean {
    return this.#end !== undefined;
  }

  /** Throws the plugin's own Fault, `plugin_failed`, or `cancelled`, which ends the thread whatever it is doing. */
  async call(of: WasmCall): Promise<unknown> {
    const cancel = (): void => this.#fail(new Fault('cancelled', 'The call was cancelled'));
    try {
      await this.#worker.catch((cause: unknown) => {
        this.#end ??= this.#failure(cause instanceof Error ? cause.message : String(cause), cause);
        throw this.#end;
      });
      return await new Promise((resolve, reject) => {
        if (this.#end !== undefined) return reject(this.#end);
        this.#call = { of, resolve, reject };
        of.signal.addEventListener('abort', cancel, { once: true });
        if (of.signal.aborted) return cancel();
        this.#ask({ tool: of.tool, input: of.input });
      });
    } finally {
      of.signal.removeEventListener('abort', cancel);
      this.#call = undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#fail(this.#failure('it was ended'));
    this.#port.close();
    this.#answers.close();
    await this.#worker.then((worker) => worker.terminate()).catch(() => undefined);
  }

  #start(data: WasmStart): Worker {
    const worker = new Worker(workerUrl({ folder: 'wasm-plugins', name: 'wasm-worker' }), {
      workerData: data,
      transferList: [data.port, data.answers],
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB, maxYoungGenerationSizeMb: HEAP_LIMIT_MB / 4 },
    });
    worker.unref();
    worker.on('error', (cause) => this.#fail(this.#failure(cause.message, cause)));
    worker.on('exit', () => this.#fail(this.#failure('it has ended')));
    return worker;
  }

  /** What comes back within a moment is taken at once. */
  #ask(request: WasmRequest): void {
    const before = Atomics.load(this.#counters, SAID);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
    this.#port.postMessage(request);
    Atomics.add(this.#counters, REQUESTED, 1);
    Atomics.notify(this.#counters, REQUESTED);
    if (!this.#spin.leaves(before)) return;
    for (;;) {
      const said: { message: WasmMessage } | undefined = receiveMessageOnPort(this.#port);
      if (said === undefined) return;
      this.#take(said.message);
    }
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
        return this.#answer(this.#callFor(message.question));
    }
  }

  #callFor(question: unknown): Promise<unknown> | undefined {
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
      Atomics.add(this.#counters, ANSWERED, 1);
      Atomics.notify(this.#counters, ANSWERED);
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
