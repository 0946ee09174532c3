import { EVENT_WINDOW_BYTES, eventCostBytes } from '../../../schema/agent-protocol.ts';
import { Fault, toFault } from '../../../schema/fault.ts';
import type { Frame, FrameChannel } from '../../../schema/frame.ts';
import { KernelRequests } from './kernel-requests.ts';

/** One request while it is being answered. */
export interface AgentCall {
  /** Aborts when the kernel cancels the request or the connection ends. */
  readonly signal: AbortSignal;
  /** Sends an event of this request at once; resolves when the kernel has room for the next one. */
  emit(method: string, params: unknown): Promise<void>;
  /** Asks the kernel for something on behalf of this request. Throws the kernel's Fault, `limit_reached` or `cancelled`. */
  ask(method: string, params: Record<string, unknown>, signal: AbortSignal): Promise<unknown>;
}

export type AgentMethod = (params: unknown, call: AgentCall) => unknown;

/** Answers the requests of one connection, none before `ready`. When it ends, everything that is still being answered is cancelled. */
export function serveRequests(
  channel: FrameChannel,
  methods: ReadonlyMap<string, AgentMethod>,
  ready: Promise<void>,
): void {
  const calls = new Map<string, RunningCall>();
  const kernel = new KernelRequests(channel);
  channel.onClose(() => {
    for (const call of calls.values()) call.cancel();
    kernel.close();
  });
  channel.onFrame((frame) => {
    if (frame.type === 'response') return kernel.settle(frame);
    if (frame.type === 'cancel') return calls.get(frame.id)?.cancel();
    if (frame.type === 'event' && frame.method === 'credit') return calls.get(frame.id)?.credit(frame.params);
    if (frame.type !== 'request' || calls.has(frame.id)) return;
    const call = new RunningCall(frame.id, channel, kernel);
    calls.set(frame.id, call);
    void ready.then(() => call.run(frame, methods.get(frame.method ?? ''))).finally(() => calls.delete(frame.id));
  });
}

class RunningCall implements AgentCall {
  readonly #id: string;
  readonly #channel: FrameChannel;
  readonly #kernel: KernelRequests;
  readonly #controller = new AbortController();
  #outstandingBytes = 0;
  #wake: (() => void)[] = [];

  constructor(id: string, channel: FrameChannel, kernel: KernelRequests) {
    this.#id = id;
    this.#channel = channel;
    this.#kernel = kernel;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  async run(frame: Frame, method: AgentMethod | undefined): Promise<void> {
    let answer: Pick<Frame, 'result' | 'error'>;
    try {
      if (method === undefined)
        throw new Fault('unknown_call', `Cannot answer "${frame.method ?? ''}": unknown method`);
      answer = { result: (await method(frame.params, this)) ?? {} };
    } catch (cause) {
      answer = { error: this.signal.aborted ? cancelled.toShape() : describe(cause).toShape() };
    }
    await this.#send({ id: this.#id, type: 'response', ...answer });
  }

  async emit(method: string, params: unknown): Promise<void> {
    if (this.signal.aborted) return;
    this.#outstandingBytes += eventCostBytes(params);
    await this.#channel.send({ id: this.#id, type: 'event', method, params });
    while (this.#outstandingBytes >= EVENT_WINDOW_BYTES && !this.signal.aborted) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  ask(method: string, params: Record<string, unknown>, signal: AbortSignal): Promise<unknown> {
    const ending = AbortSignal.any([signal, this.signal]);
    return this.#kernel.request(method, { ...params, of: this.#id }, ending);
  }

  cancel(): void {
    this.#controller.abort(cancelled);
    this.#continue();
  }

  credit(params: unknown): void {
    const bytes = typeof params === 'object' && params !== null && 'bytes' in params ? Number(params.bytes) : 0;
    this.#outstandingBytes = Math.max(0, this.#outstandingBytes - bytes);
    this.#continue();
  }

  #continue(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** An answer that no receiver would take is answered with that. */
  async #send(frame: Frame): Promise<void> {
    try {
      await this.#channel.send(frame);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const fault = new Fault('answer_too_large', 'Cannot send the answer: it does not fit into a frame', { why });
      await this.#channel.send({ id: frame.id, type: 'response', error: fault.toShape() });
    }
  }
}

const cancelled = new Fault('cancelled', 'The request was cancelled');

/** Inside the sandbox nothing is secret to the kernel: an unknown error keeps its text. */
function describe(thrown: unknown): Fault {
  const fault = toFault(thrown);
  if (fault.code !== 'internal' || fault === thrown) return fault;
  return new Fault('internal', 'Cannot answer the request: the agent failed', { why: String(thrown) });
}
