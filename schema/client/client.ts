import type { Area, CallOptions, Client, Member, ReviewNotice } from '../contract/contract.ts';
import { Fault } from '../fault.ts';
import type { Frame, FrameChannel } from '../frame.ts';
import { StreamReader } from './stream-reader.ts';

/** The method of an event frame that carries a `ReviewNotice`; sent to those only who asked for notices. */
export const REVIEW_EVENT = 'review';

interface Pending {
  onEvent(frame: Frame): void;
  onEnd(failure: Fault | undefined, result: unknown): void;
}

/** The requests under way on one channel. */
class Requests {
  readonly #channel: FrameChannel;
  readonly #pending = new Map<string, Pending>();
  #next = 1;
  #closed = false;

  constructor(channel: FrameChannel) {
    this.#channel = channel;
    channel.onFrame((frame) => this.#receive(frame));
    channel.onClose(() => this.#close());
  }

  start(method: string, params: unknown, pending: Pending): string {
    const id = String(this.#next++);
    if (this.#closed) {
      queueMicrotask(() => pending.onEnd(disconnected(), undefined));
      return id;
    }
    this.#pending.set(id, pending);
    this.send({ id, type: 'request', method, params });
    return id;
  }

  send(frame: Frame): void {
    if (!this.#closed) void this.#channel.send(frame);
  }

  #receive(frame: Frame): void {
    const pending = this.#pending.get(frame.id);
    if (pending === undefined) return;
    if (frame.type === 'event') pending.onEvent(frame);
    if (frame.type !== 'response') return;
    this.#pending.delete(frame.id);
    pending.onEnd(frame.error && Fault.fromShape(frame.error), frame.result);
  }

  #close(): void {
    this.#closed = true;
    for (const pending of this.#pending.values()) pending.onEnd(disconnected(), undefined);
    this.#pending.clear();
  }
}

function disconnected(): Fault {
  return new Fault('disconnected', 'Cannot finish the call: the connection to the kernel ended', { retryable: true });
}

function paramsOf(input: unknown, { review, onReview }: CallOptions): unknown {
  return { input, ...(review === undefined ? {} : { review }), ...(onReview === undefined ? {} : { notices: true }) };
}

/** True for a frame that tells of a review, and is no event of a stream. */
function tellsReview(frame: Frame, { onReview }: CallOptions): boolean {
  if (frame.method !== REVIEW_EVENT) return false;
  // Made by the kernel that this client talks to, of the same version.
  onReview?.(frame.params as ReviewNotice);
  return true;
}

function callOnce(requests: Requests, method: string, input: unknown, options: CallOptions): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const cancel = (): void => requests.send({ id, type: 'cancel' });
    const id = requests.start(method, paramsOf(input, options), {
      onEvent: (frame) => void tellsReview(frame, options),
      onEnd(failure, result) {
        options.signal?.removeEventListener('abort', cancel);
        if (failure) reject(failure);
        else resolve(result);
      },
    });
    options.signal?.addEventListener('abort', cancel, { once: true });
    if (options.signal?.aborted) cancel();
  });
}

function openStream(requests: Requests, method: string, input: unknown, options: CallOptions): AsyncIterable<unknown> {
  const cancel = (): void => requests.send({ id, type: 'cancel' });
  const reader = new StreamReader<unknown>({
    grant: (events) => requests.send({ id, type: 'event', method: 'credit', params: { events } }),
    cancel,
  });
  const id = requests.start(method, paramsOf(input, options), {
    onEvent(frame) {
      if (!tellsReview(frame, options)) reader.receive(frame.params);
    },
    onEnd(failure) {
      options.signal?.removeEventListener('abort', cancel);
      reader.end(failure);
    },
  });
  options.signal?.addEventListener('abort', cancel, { once: true });
  if (options.signal?.aborted) cancel();
  return reader;
}

/**
 * The typed client of the contract, the same on every transport. A call rejects with a Fault; a stream starts when its
 * method is called, throws a Fault where it fails, and is cancelled when its reader stops or `options.signal` aborts.
 */
export function createClient<T extends Record<string, Area>>(areas: T, channel: FrameChannel): Client<T> {
  const requests = new Requests(channel);
  const member = (method: string, spec: Member) =>
    spec.kind === 'call'
      ? (input: unknown, options: CallOptions = {}) => callOnce(requests, method, input, options)
      : (input: unknown, options: CallOptions = {}) => openStream(requests, method, input, options);
  const client = Object.fromEntries(
    Object.entries(areas).map(([key, area]) => [
      key,
      Object.fromEntries(
        Object.entries(area.members).map(([name, spec]) => [name, member(`${area.name}.${name}`, spec)]),
      ),
    ]),
  );
  // Built from the same areas that the type is computed from.
  return client as Client<T>;
}
