import type { FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import type { Member } from '../../../schema/contract/contract.ts';
import { Fault } from '../../../schema/fault.ts';
import { fromWire } from '../../../schema/http/wire-names.ts';
import type { Request } from '../../kernel/dispatch/dispatch.ts';
import { keyOf } from './bearer.ts';
import type { Served } from './contract-routes.ts';
import { faultAnswer } from './fault-answer.ts';
import { keyEnded } from './key-end.ts';
import { joinSocket } from './socket-stream.ts';

/** Of application close codes (RFC 6455, 7.4.2): the status that HTTP would have had is behind the 4. */
const STATUS_BASE = 4000;

type Subject = Readonly<Record<string, unknown>>;

/** Offers a stream of the contract as a WebSocket: its events are messages, and each message from the client is a call. */
export function serveSocket(served: Served, socket: WebSocket, request: FastifyRequest): void {
  const { route, dispatch, authentication, translate, place, clock, closing } = served;
  const gone = new AbortController();
  // Nothing of what the client still sends is done, also where it takes its time to close.
  const keyEnd = authentication.onEnd(keyOf(request).id, () => {
    const { status, body } = faultAnswer(keyEnded());
    socket.close(STATUS_BASE + status, body.error);
    gone.abort();
  });
  socket.on('close', () => {
    keyEnd[Symbol.dispose]();
    gone.abort();
  });
  socket.on('error', () => socket.terminate());
  const about = route.binding.socket?.about ?? '';
  let subject: Subject = {};
  const events = async function* (): AsyncGenerator<string, void, undefined> {
    const input = served.read(request);
    subject = membersNamed(about, input);
    const stream = dispatch.stream(callOf(route.operation, input, { request, signal: gone.signal }));
    for await (const event of stream) {
      if (!(about in subject)) subject = membersNamed(about, event);
      yield JSON.stringify(translate(event));
    }
  };
  const joined = joinSocket({
    socket,
    events: events(),
    onMessage: (text) => answerMessage(served, text, { request, subject, signal: gone.signal }),
    failure(thrown) {
      const { status, body } = faultAnswer(thrown, place);
      return { code: STATUS_BASE + status, reason: body.error };
    },
    clock,
    closing,
  });
  served.track(joined);
}

interface Sender {
  readonly request: FastifyRequest;
  readonly signal: AbortSignal;
}

function callOf(method: string, input: unknown, { request, signal }: Sender): Request {
  return { method, input, caller: keyOf(request).caller, signal, review: 'refuse' };
}

/** Makes the call of a message; gives what to tell the client, which is nothing where it went well. */
async function answerMessage(
  { route, dispatch, place }: Served,
  text: string,
  { request, subject, signal }: Sender & { readonly subject: Subject },
): Promise<string | undefined> {
  if (signal.aborted) return undefined;
  try {
    const { type, ...rest } = parsedMessage(text);
    const method = typeof type === 'string' ? route.binding.socket?.calls[type] : undefined;
    const member = method === undefined ? undefined : dispatch.memberOf(method);
    if (method === undefined || member === undefined) {
      throw new Fault('invalid_input', 'Cannot take the message: its type is not known', {
        data: { errors: [{ pointer: '/type', message: 'is not known' }] },
      });
    }
    await dispatch.call(callOf(method, { ...inputOf(member, rest), ...subject }, { request, signal }));
    return undefined;
  } catch (thrown) {
    return JSON.stringify({ type: 'error', ...faultAnswer(thrown, place).body });
  }
}

function parsedMessage(text: string): Readonly<Record<string, unknown>> {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    message = undefined;
  }
  if (typeof message === 'object' && message !== null && !Array.isArray(message)) return { ...message };
  throw new Fault('invalid_input', 'Cannot take the message: it is not a JSON object', {
    data: { errors: [{ pointer: '', message: 'must be an object' }] },
  });
}

function inputOf({ input }: Member, message: Readonly<Record<string, unknown>>): object {
  // The translation of an object is one.
  return fromWire(input)(message) as object;
}

function membersNamed(name: string, value: unknown): Subject {
  const members: Subject = { ...(typeof value === 'object' ? value : {}) };
  return name in members ? { [name]: members[name] } : {};
}
