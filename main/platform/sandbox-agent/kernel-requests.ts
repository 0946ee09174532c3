import { HOST_CALL_LIMIT } from '../../../schema/agent-protocol.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Frame, FrameChannel } from '../../../schema/frame.ts';

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (cause: Fault) => void;
}

/** What the sandbox asks of the kernel over its connection: a request of this side for each, and an answer for each. */
export class KernelRequests {
  readonly #channel: FrameChannel;
  readonly #waiting = new Map<string, Waiting>();
  #nextId = 1;

  constructor(channel: FrameChannel) {
    this.#channel = channel;
  }

  /** Throws the kernel's Fault, `limit_reached`, `disconnected` or `cancelled`. */
  async request(method: string, params: unknown, signal: AbortSignal): Promise<unknown> {
    if (signal.aborted) throw cancelled();
    if (this.#waiting.size >= HOST_CALL_LIMIT) {
      throw new Fault('limit_reached', `Cannot ask the kernel: ${HOST_CALL_LIMIT} calls are under way`, {
        retryable: true,
      });
    }
    const id = String(this.#nextId++);
    const cancel = (): void => {
      this.#waiting.get(id)?.reject(cancelled());
      void this.#channel.send({ id, type: 'cancel' });
    };
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        // Not awaited: the answer may come before this side's buffer has drained.
        void this.#channel.send({ id, type: 'request', method, params });
      });
    } catch (cause) {
      if (cause instanceof Fault) throw cause;
      throw new Fault('invalid_input', 'Cannot ask the kernel: the call does not fit into a frame', { cause });
    } finally {
      this.#waiting.delete(id);
      signal.removeEventListener('abort', cancel);
    }
  }

  /** Takes an answer; one that nobody waits for came too late. */
  settle(frame: Frame): void {
    const waiting = this.#waiting.get(frame.id);
    if (frame.error === undefined) waiting?.resolve(frame.result);
    else waiting?.reject(Fault.fromShape(frame.error));
  }

  close(): void {
    for (const { reject } of this.#waiting.values()) {
      reject(new Fault('disconnected', 'Cannot ask the kernel: the connection has ended', { retryable: true }));
    }
  }
}

const cancelled = (): Fault => new Fault('cancelled', 'The call was cancelled');
