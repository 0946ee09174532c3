import {
  type AgentHello,
  EVENT_WINDOW_BYTES,
  eventCostBytes,
  HOST_CALL,
  NO_REQUEST,
} from '../../../schema/agent-protocol.ts';
import { Fault, type FaultShape } from '../../../schema/fault.ts';
import { FRAME_LIMIT_BYTES } from '../../../schema/frame-limits.ts';
import type { Frame, FrameChannel } from '../../../schema/frame.ts';
import type { SandboxId } from '../../../schema/entities.ts';
import type { AgentConnection, AgentPeer, AgentRequestOptions } from '../../kernel/sandboxes/agent-port.ts';
import { ServedCalls } from './served-calls.ts';

/** Credit goes back in portions of this size, not with every event. */
const CREDIT_STEP_BYTES = EVENT_WINDOW_BYTES / 4;
/** An agent that keeps to its window stays below: it may begin one event, however large, just before its window is full. */
const QUEUE_LIMIT_BYTES = FRAME_LIMIT_BYTES + 2 * EVENT_WINDOW_BYTES;

export interface FramedAgentConnectionOptions {
  readonly sandbox: SandboxId;
  readonly peer: AgentPeer;
  readonly hello: AgentHello;
  readonly channel: FrameChannel;
  /** What an honest agent does not do; the connection has ended then. */
  readonly onMisconduct: (what: string) => void;
  /** The same, where the connection goes on: what was asked for is refused. */
  readonly onRefused: (what: string) => void;
}

/** Requests and events of one agent over its channel. Frames that answer nothing are counted and ignored. */
export class FramedAgentConnection implements AgentConnection {
  readonly sandbox: SandboxId;
  readonly peer: AgentPeer;
  readonly hello: AgentHello;
  readonly #channel: FrameChannel;
  readonly #onMisconduct: (what: string) => void;
  readonly #onRefused: (what: string) => void;
  readonly #requests = new Map<string, PendingRequest>();
  readonly #served: ServedCalls;
  readonly #eventListeners = new Set<(method: string, params: unknown) => void>();
  readonly #closeListeners = new Set<() => void>();
  #nextId = 1;
  #closed = false;
  #ignoredFrames = 0;

  constructor(options: FramedAgentConnectionOptions) {
    this.sandbox = options.sandbox;
    this.peer = options.peer;
    this.hello = options.hello;
    this.#channel = options.channel;
    this.#onMisconduct = options.onMisconduct;
    this.#onRefused = options.onRefused;
    this.#served = new ServedCalls(options.channel);
    options.channel.onClose(() => this.#finish());
  }

  /** Late, doubled and made-up answers. */
  get ignoredFrames(): number {
    return this.#ignoredFrames;
  }

  async request(method: string, params: unknown, options: AgentRequestOptions = {}): Promise<unknown> {
    const { signal, onEvent } = options;
    if (this.#closed) throw disconnected();
    if (signal?.aborted) throw cancelled();
    const id = String(this.#nextId++);
    const credit = (bytes: number): void => {
      void this.#channel.send({ id, type: 'event', method: 'credit', params: { bytes } });
    };
    const request = new PendingRequest({ onEvent, onCall: options.onCall, credit });
    const cancel = (): void => {
      request.fail(cancelled());
      void this.#channel.send({ id, type: 'cancel' });
    };
    this.#requests.set(id, request);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      // Not awaited: the answer may come before this side's buffer has drained.
      void this.#channel.send({ id, type: 'request', method, params });
      return await request.answer;
    } finally {
      this.#requests.delete(id);
      this.#served.end(id);
      signal?.removeEventListener('abort', cancel);
    }
  }

  onEvent(listener: (method: string, params: unknown) => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  onClose(listener: () => void): () => void {
    if (this.#closed) queueMicrotask(listener);
    else this.#closeListeners.add(listener);
    return () => this.#closeListeners.delete(listener);
  }

  /** Takes a frame that arrived after the hello. */
  receive(frame: Frame): void {
    if (frame.type === 'request') return this.#serve(frame);
    if (frame.type === 'cancel') return this.#served.cancel(frame.id);
    const request = this.#requests.get(frame.id);
    if (request !== undefined && frame.type === 'response') return request.settle(frame);
    if (frame.type !== 'event' || frame.method === undefined || (request === undefined && frame.id !== NO_REQUEST)) {
      this.#ignoredFrames += 1;
      return;
    }
    if (request === undefined) return this.#publish(frame.method, frame.params);
    if (request.take(frame.method, frame.params)) return;
    this.#onMisconduct('it sent more events than its window allows');
    this.#channel.close();
  }

  #serve(frame: Frame): void {
    // Its name is the sandbox's to choose, and has no place in a record.
    if (frame.method !== HOST_CALL) this.#onRefused('it called what only the operator may');
    const isTaken = this.#served.take(frame, (of) => this.#requests.get(of)?.onCall);
    if (isTaken) return;
    this.#onMisconduct('it asked for more calls than it may have under way');
    this.#channel.close();
  }

  #publish(method: string, params: unknown): void {
    for (const listener of this.#eventListeners) listener(method, params);
  }

  #finish(): void {
    this.#closed = true;
    for (const request of this.#requests.values()) request.fail(disconnected());
    this.#served.close();
    for (const listener of this.#closeListeners) listener();
    this.#closeListeners.clear();
    this.#eventListeners.clear();
  }
}

interface PendingRequestOptions {
  readonly onEvent: AgentRequestOptions['onEvent'];
  readonly onCall: AgentRequestOptions['onCall'];
  readonly credit: (bytes: number) => void;
}

/** One request: its events are handed over one after the other, its answer after all of them. */
class PendingRequest {
  readonly answer: Promise<unknown>;
  readonly onCall: AgentRequestOptions['onCall'];
  readonly #onEvent: AgentRequestOptions['onEvent'];
  readonly #credit: (bytes: number) => void;
  #resolve: (result: unknown) => void = () => undefined;
  #reject: (cause: unknown) => void = () => undefined;
  #handled: Promise<void> | undefined;
  #queuedBytes = 0;
  #owedBytes = 0;
  #settled = false;

  constructor({ onEvent, onCall, credit }: PendingRequestOptions) {
    this.#onEvent = onEvent;
    this.onCall = onCall;
    this.#credit = credit;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** False when the agent has sent more than it may. */
  take(method: string, params: unknown): boolean {
    if (this.#settled) return true;
    const cost = eventCostBytes(params);
    this.#queuedBytes += cost;
    if (this.#queuedBytes > QUEUE_LIMIT_BYTES) return false;
    const previous = this.#handled;
    // Handed over at once while the receiver keeps up, else in its turn.
    const handled =
      previous === undefined ? this.#hand(method, params) : previous.then(() => this.#hand(method, params));
    if (handled === undefined) this.#pay(cost);
    else this.#follow(handled, cost);
    return true;
  }

  settle(frame: Frame): void {
    if (this.#settled) return;
    this.#settled = true;
    const finish = (): void => {
      if (frame.error === undefined) this.#resolve(frame.result);
      else this.#reject(fromInside(frame.error));
    };
    if (this.#handled === undefined) finish();
    else void this.#handled.then(finish);
  }

  fail(cause: Fault): void {
    this.#settled = true;
    this.#reject(cause);
  }

  #hand(method: string, params: unknown): Promise<void> | undefined {
    try {
      return this.#onEvent?.(method, params) ?? undefined;
    } catch (cause) {
      return Promise.reject(cause);
    }
  }

  #follow(handled: Promise<void>, cost: number): void {
    const done = handled.then(
      () => this.#pay(cost),
      (cause: unknown) => {
        this.#settled = true;
        this.#reject(cause);
      },
    );
    this.#handled = done;
    void done.then(() => {
      if (this.#handled === done) this.#handled = undefined;
    });
  }

  #pay(cost: number): void {
    this.#queuedBytes -= cost;
    this.#owedBytes += cost;
    if (this.#owedBytes < CREDIT_STEP_BYTES || this.#settled) return;
    this.#credit(this.#owedBytes);
    this.#owedBytes = 0;
  }
}

const cancelled = (): Fault => new Fault('cancelled', 'The request was cancelled');
const disconnected = (): Fault =>
  new Fault('disconnected', 'Cannot reach the sandbox: the connection to its agent has ended', { retryable: true });

/** What to do is for the kernel to say: advice out of a sandbox is somebody else's. */
function fromInside({ fix: _advice, ...error }: FaultShape): Fault {
  return Fault.fromShape(error);
}
