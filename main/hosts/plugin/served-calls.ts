import { HOST_CALL, HOST_CALL_LIMIT, type HostCall, readHostCall } from '../../../schema/agent-protocol.ts';
import { Fault, toFault } from '../../../schema/fault.ts';
import type { Frame, FrameChannel } from '../../../schema/frame.ts';
import type { AgentRequestOptions } from '../../kernel/sandboxes/agent-port.ts';

type Answerer = NonNullable<AgentRequestOptions['onCall']>;

interface Underway {
  readonly of: string | undefined;
  readonly ending: AbortController;
}

/**
 * What is asked from inside a sandbox: only while a request of the kernel is being answered, and only under that. Which
 * plugin asks follows from the kernel's own request, and which container and process from its own end of the connection.
 */
export class ServedCalls {
  readonly #channel: FrameChannel;
  readonly #underWay = new Map<string, Underway>();

  constructor(channel: FrameChannel) {
    this.#channel = channel;
  }

  /** False for a peer that has too many under way, answers that it does not read counted. */
  take(frame: Frame, answererOf: (of: string) => Answerer | undefined): boolean {
    if (this.#underWay.has(frame.id) || this.#underWay.size >= 2 * HOST_CALL_LIMIT) return false;
    const call = frame.method === HOST_CALL ? readHostCall(frame.params) : undefined;
    const ending = new AbortController();
    this.#underWay.set(frame.id, { of: call?.of, ending });
    const answerer = call === undefined ? undefined : answererOf(call.of);
    void this.#answer(frame.id, call, { answerer, signal: ending.signal });
    return true;
  }

  cancel(id: string): void {
    this.#underWay.get(id)?.ending.abort();
  }

  /** The request of the kernel has ended, and with it what was asked under it. */
  end(request: string): void {
    for (const { of, ending } of this.#underWay.values()) if (of === request) ending.abort();
  }

  close(): void {
    for (const { ending } of this.#underWay.values()) ending.abort();
  }

  async #answer(
    id: string,
    call: HostCall | undefined,
    { answerer, signal }: { answerer: Answerer | undefined; signal: AbortSignal },
  ): Promise<void> {
    let answer: Pick<Frame, 'result' | 'error'>;
    try {
      if (call === undefined || answerer === undefined) throw notAsked();
      answer = { result: await answerer(call, signal) };
    } catch (thrown) {
      answer = { error: toFault(thrown).toShape() };
    }
    try {
      await this.#channel.send({ id, type: 'response', ...answer });
    } catch {
      const fault = new Fault('answer_too_large', 'Cannot answer the call: the answer does not fit into a frame');
      await this.#channel.send({ id, type: 'response', error: fault.toShape() });
    } finally {
      this.#underWay.delete(id);
    }
  }
}

function notAsked(): Fault {
  return new Fault('invalid_input', 'Cannot answer the call: it belongs to no request that may ask for calls');
}
