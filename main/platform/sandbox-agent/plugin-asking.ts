import { HOST_CALL } from '../../../schema/agent-protocol.ts';
import { Fault, toFault } from '../../../schema/fault.ts';
import type { Frame, FrameChannel } from '../../../schema/frame.ts';
import type { AgentCall } from './request-server.ts';

/**
 * What one plugin asks of the kernel while it answers: each request names the one it answers, and goes on under that. The
 * kernel alone says who asks; what is passed on from here is the question.
 */
export class PluginAsking {
  readonly #channel: FrameChannel;
  readonly #underWay = new Map<string, AbortController>();

  constructor(channel: FrameChannel) {
    this.#channel = channel;
  }

  /** Passes a question on and its answer back. Never rejects. */
  async start(frame: Frame, callOf: (id: string) => AgentCall | undefined): Promise<void> {
    let answer: Pick<Frame, 'result' | 'error'>;
    try {
      answer = { result: await this.#ask(frame, callOf) };
    } catch (cause) {
      answer = { error: toFault(cause).toShape() };
    }
    try {
      await this.#channel.send({ id: frame.id, type: 'response', ...answer });
    } catch (cause) {
      const fault = new Fault('answer_too_large', 'Cannot pass the answer on: it does not fit into a frame', { cause });
      await this.#channel.send({ id: frame.id, type: 'response', error: fault.toShape() });
    }
  }

  cancel(id: string): void {
    this.#underWay.get(id)?.abort();
  }

  async #ask({ id, method, params }: Frame, callOf: (id: string) => AgentCall | undefined): Promise<unknown> {
    const asked: { of?: unknown } = typeof params === 'object' && params !== null ? params : {};
    const call = typeof asked.of === 'string' ? callOf(asked.of) : undefined;
    if (method !== HOST_CALL || call === undefined || this.#underWay.has(id)) {
      throw new Fault('invalid_input', 'Cannot ask the kernel: the request names no call that is being answered');
    }
    const ending = new AbortController();
    this.#underWay.set(id, ending);
    try {
      return await call.ask(HOST_CALL, { ...asked }, ending.signal);
    } finally {
      this.#underWay.delete(id);
    }
  }
}
