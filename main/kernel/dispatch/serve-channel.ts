import { Fault, toFault } from '../../../schema/fault.ts';
import { REVIEW_EVENT } from '../../../schema/client/client.ts';
import { STREAM_WINDOW_EVENTS } from '../../../schema/client/stream-reader.ts';
import { FrameViolation } from '../../../schema/frame-codec.ts';
import type { Frame, FrameChannel } from '../../../schema/frame.ts';
import type { Caller } from './context.ts';
import type { Dispatch, Request } from './dispatch.ts';

/** How many requests one connection may have under way. */
const REQUEST_LIMIT = 512;

export interface ServeOptions {
  readonly dispatch: Pick<Dispatch, 'call' | 'stream' | 'memberOf'>;
  readonly channel: FrameChannel;
  readonly caller: Caller;
  /** Told of frames that are not of the contract, for the audit. */
  readonly onViolation?: (what: string) => void;
}

/** The sending end of one stream's flow control. */
class Credit {
  #events = STREAM_WINDOW_EVENTS;
  #wake: (() => void) | undefined;

  grant(events: number): void {
    this.#events = Math.min(this.#events + events, STREAM_WINDOW_EVENTS);
    this.#wake?.();
  }

  async take(signal: AbortSignal): Promise<void> {
    while (this.#events <= 0 && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    this.#events -= 1;
  }
}

interface Running {
  readonly abort: AbortController;
  readonly credit: Credit;
}

function requestOf(
  frame: Frame,
  { caller, signal, channel }: { caller: Caller; signal: AbortSignal; channel: FrameChannel },
): Request {
  const { id, params } = frame;
  if (typeof params !== 'object' || params === null) {
    throw new Fault('invalid_input', `Cannot call ${frame.method ?? ''}: the parameters are missing`);
  }
  const review = 'review' in params ? params.review : undefined;
  return {
    method: frame.method ?? '',
    input: 'input' in params ? (params.input ?? {}) : {},
    caller,
    signal,
    review: review === 'approve' || review === 'refuse' ? review : 'wait',
    ...('notices' in params && params.notices === true
      ? { onReview: (notice) => void channel.send({ id, type: 'event', method: REVIEW_EVENT, params: notice }) }
      : {}),
  };
}

/** Serves the contract on one connection until it closes; everything under way is cancelled then. */
export function serveChannel(options: ServeOptions): void {
  const { dispatch, channel, caller } = options;
  const running = new Map<string, Running>();

  const answer = async (frame: Frame, { abort, credit }: Running): Promise<void> => {
    const { signal } = abort;
    try {
      const request = requestOf(frame, { caller, signal, channel });
      if (dispatch.memberOf(request.method)?.kind !== 'stream') {
        await channel.send({ id: frame.id, type: 'response', result: await dispatch.call(request) });
        return;
      }
      for await (const event of dispatch.stream(request)) {
        await credit.take(signal);
        if (signal.aborted) break;
        await channel.send({ id: frame.id, type: 'event', method: 'next', params: event });
      }
      await channel.send({ id: frame.id, type: 'response', result: null });
    } catch (thrown) {
      const fault = thrown instanceof FrameViolation ? unsendable(frame, thrown) : toFault(thrown);
      if (fault.code === 'unknown_call' || fault.code === 'invalid_input') options.onViolation?.(fault.message);
      await channel.send({ id: frame.id, type: 'response', error: fault.toShape() });
    } finally {
      running.delete(frame.id);
    }
  };

  const start = (frame: Frame): void => {
    if (running.has(frame.id) || running.size >= REQUEST_LIMIT) {
      const why = running.has(frame.id) ? 'its id is in use' : `${REQUEST_LIMIT} requests are under way`;
      const fault = new Fault('invalid_input', `Cannot take the request: ${why}`, { retryable: true });
      void channel.send({ id: frame.id, type: 'response', error: fault.toShape() });
      return;
    }
    const entry = { abort: new AbortController(), credit: new Credit() };
    running.set(frame.id, entry);
    void answer(frame, entry);
  };

  channel.onFrame((frame) => {
    if (frame.type === 'request') start(frame);
    else if (frame.type === 'cancel') running.get(frame.id)?.abort.abort();
    else if (frame.type === 'event' && frame.method === 'credit') running.get(frame.id)?.credit.grant(creditOf(frame));
    else options.onViolation?.(`a frame of type ${frame.type} that nobody waits for`);
  });
  channel.onClose(() => {
    for (const entry of running.values()) entry.abort.abort();
  });
}

/** An answer that no receiver would take. */
function unsendable({ method = '' }: Frame, { message }: FrameViolation): Fault {
  return new Fault('answer_too_large', `Cannot send the answer of ${method}: it does not fit into a frame`, {
    why: message,
    fix: 'Ask for less at once, where the call has a limit.',
  });
}

function creditOf(frame: Frame): number {
  const { params } = frame;
  const events = typeof params === 'object' && params !== null && 'events' in params ? params.events : 0;
  return typeof events === 'number' && events > 0 ? Math.floor(events) : 0;
}
