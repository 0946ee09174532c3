import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import { Fault } from '../../../schema/fault.ts';
import { takesIdempotencyKey } from '../../../schema/http/openapi.ts';
import { answerOf, outputOf, type Route } from '../../../schema/http/routes.ts';
import { toWire } from '../../../schema/http/wire-names.ts';
import type { Clock } from '../../base/clock.ts';
import type { Request } from '../../kernel/dispatch/dispatch.ts';
import type { ServeOptions } from '../../kernel/dispatch/serve-channel.ts';
import type { Authentication } from '../../kernel/keys/authentication.ts';
import { keyOf } from './bearer.ts';
import { firstEvent, type ServerSentEvent, writeEvents } from './event-stream.ts';
import { faultAnswer, type InputPlace, sendJson } from './fault-answer.ts';
import { streamOfKey } from './key-end.ts';
import { Idempotency, type KeptAnswer } from './idempotency.ts';
import { inputReader, type ReadInput } from './request-input.ts';
import { serveSocket } from './socket-routes.ts';

export interface ContractRoutesOptions {
  readonly routes: readonly Route[];
  readonly dispatch: ServeOptions['dispatch'];
  readonly authentication: Pick<Authentication, 'rotateDue' | 'onEnd'>;
  readonly clock: Clock;
  /** Aborts when the server closes. */
  readonly closing: AbortSignal;
  /** Takes what goes on beyond its request: the server waits for it at its end. Must not reject. */
  readonly track: (work: Promise<void>) => void;
  /** Of every answer. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What is the same for each request of a route. */
export interface Served extends ContractRoutesOptions {
  readonly route: Route;
  readonly read: ReadInput;
  readonly translate: (value: unknown) => unknown;
  readonly place: InputPlace;
  readonly idempotency: Idempotency;
  /** The requests that are being answered, by what ends them; to listen to the server's end for each would take longer than many calls. */
  readonly asked: Set<AbortController>;
}

const WAIT_LIMIT_S = 600;
const IDEMPOTENCY_KEY_LIMIT = 255;

/** Registers every route of the contract; each request becomes one call through dispatch, as its key. */
export function contractRoutes(app: FastifyInstance, options: ContractRoutesOptions): void {
  const idempotency = new Idempotency(options.clock);
  const asked = new Set<AbortController>();
  options.closing.addEventListener('abort', () => {
    for (const request of asked) request.abort();
  });
  for (const route of options.routes) {
    const served: Served = {
      ...options,
      route,
      idempotency,
      asked,
      read: inputReader(route),
      translate: toWire(outputOf(route)),
      place: { from: route.bodyMembers.length > 0 ? 'body' : 'address', schema: route.member.input },
    };
    app.route({
      method: route.method,
      url: route.path.replaceAll(/\{([^}]*)\}/g, ':$1'),
      config: { operation: route.operation, ...(answerOf(route) === 'events' ? { streams: 'always' } : {}) },
      // Not as a promise: fastify would watch the answer to its end once more.
      handler: (request, reply) => {
        handle(served, request, reply).catch((thrown: unknown) => void reply.send(thrown));
      },
      ...(route.binding.socket === undefined
        ? {}
        : { wsHandler: (socket: WebSocket, request: FastifyRequest) => serveSocket(served, socket, request) }),
    });
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The call of the contract that the route makes. */
    operation?: string;
    /** Every answer is a stream of events. */
    streams?: 'always';
  }
}

/** Answers a request, with its failure too. */
async function handle(served: Served, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { route, clock } = served;
  const wait = waitOf(request, clock);
  try {
    const call = new HttpCall(served, { request, reply, wait });
    if (wantsEvents(route, request)) return await answerEvents(served, { request, call }, reply);
    const answer = await repeatable(served, { request, call }, () => answerWhole(served, call));
    if (keyOf(request).rotationDue) await offerRotation(served, request, reply);
    void reply.code(answer.status).header('content-type', 'application/json; charset=utf-8').send(answer.body);
  } catch (thrown) {
    const { status, body } = faultAnswer(wait?.over === true ? unanswered() : nameless(thrown, route), served.place);
    sendJson(reply, status, body);
  } finally {
    wait?.[Symbol.dispose]();
  }
}

async function answerWhole({ route, dispatch, translate }: Served, call: Request): Promise<KeptAnswer> {
  const answer = answerOf(route);
  const value = answer === 'whole' ? await dispatch.call(call) : await eventOf(dispatch.stream(call), answer);
  return { status: route.binding.status ?? 200, body: JSON.stringify(translate(value)) };
}

/** The event that a stream is asked for; the stream is ended with it. */
async function eventOf(events: AsyncIterable<unknown>, which: 'first' | 'last' | 'events'): Promise<unknown> {
  let last: unknown;
  for await (const event of events) {
    last = event;
    if (which === 'first') break;
  }
  if (last === undefined) throw new Fault('cancelled', 'Cannot answer: the call ended before its answer');
  return last;
}

async function answerEvents(
  served: Served,
  { request, call }: { readonly request: FastifyRequest; readonly call: Request },
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { dispatch, authentication, clock, headers, place } = served;
  const stream = streamOfKey({ dispatch, authentication, keyId: keyOf(request).id }, call);
  const { rest } = await firstEvent(sentEvents(stream, served), clock);
  void reply.hijack();
  const failure = (thrown: unknown) => faultAnswer(thrown, place).body;
  const written = writeEvents({ response: reply.raw, headers, events: rest, clock, failure });
  served.track(written);
  await written;
  return reply;
}

async function* sentEvents(
  events: AsyncIterable<unknown>,
  { route, translate }: Served,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const { resume } = route.binding;
  for await (const event of events) {
    yield {
      id: resume === undefined ? undefined : memberText(event, resume.id),
      data: JSON.stringify(translate(event)),
    };
  }
}

function memberText(event: unknown, name: string): string | undefined {
  const member: unknown = typeof event === 'object' && event !== null ? Reflect.get(event, name) : undefined;
  return typeof member === 'number' || typeof member === 'string' ? String(member) : undefined;
}

function wantsEvents(route: Route, request: FastifyRequest): boolean {
  const answer = answerOf(route);
  if (answer === 'whole') return false;
  return answer === 'events' || (request.headers.accept ?? '').includes('text/event-stream');
}

/** A request as the call that it is. */
class HttpCall implements Request {
  readonly method: string;
  readonly input: unknown;
  readonly caller: Request['caller'];
  readonly review: Request['review'];
  readonly #served: Served;
  readonly #response: FastifyReply['raw'];
  readonly #wait: Wait | undefined;
  #signal: AbortSignal | undefined;

  constructor(
    served: Served,
    { request, reply, wait }: { request: FastifyRequest; reply: FastifyReply; wait: Wait | undefined },
  ) {
    this.method = served.route.operation;
    this.input = served.read(request);
    this.caller = keyOf(request).caller;
    this.review = wait === undefined ? 'refuse' : 'wait';
    this.#served = served;
    this.#response = reply.raw;
    this.#wait = wait;
  }

  /**
   * Aborts when the client goes away before its answer, the server closes, or the wait is over. It is made when it is first
   * asked for: most small calls are over sooner than one is made and the client's end listened for.
   */
  get signal(): AbortSignal {
    if (this.#signal !== undefined) return this.#signal;
    const gone = whenGone(this.#served, this.#response);
    this.#signal = this.#wait === undefined ? gone : AbortSignal.any([gone, this.#wait.signal]);
    return this.#signal;
  }
}

function whenGone({ closing, asked }: Served, response: FastifyReply['raw']): AbortSignal {
  const gone = new AbortController();
  if (closing.aborted || (response.destroyed && !response.writableFinished)) {
    gone.abort();
    return gone.signal;
  }
  asked.add(gone);
  response.once('close', () => {
    asked.delete(gone);
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}

interface Wait extends Disposable {
  readonly signal: AbortSignal;
  readonly over: boolean;
}

/** `Prefer: wait=30` (RFC 7240): for so long a person may be asked; without it a call that needs one is refused. */
function waitOf({ headers }: FastifyRequest, clock: Clock): Wait | undefined {
  const { prefer } = headers;
  const seconds = typeof prefer === 'string' ? /(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])/.exec(prefer)?.[1] : undefined;
  if (seconds === undefined) return undefined;
  const stop = new AbortController();
  const timer = clock.setTimer(Math.min(Number(seconds), WAIT_LIMIT_S) * 1000, () => stop.abort());
  return {
    signal: stop.signal,
    get over() {
      return stop.signal.aborted;
    },
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}

function unanswered(): Fault {
  return new Fault('needs_review', 'Cannot answer: the policy wants a person to look first, and nobody did in time', {
    fix: 'Ask the operator to answer, then try again.',
  });
}

/** A name in the address that can be nobody's is like one that is nobody's. */
function nameless(thrown: unknown, { pathMembers, operation }: Route): unknown {
  if (!(thrown instanceof Fault) || thrown.code !== 'invalid_input') return thrown;
  const pointers = pathMembers.map((name) => `/${name}`);
  const { data } = thrown;
  const errors: unknown = typeof data === 'object' && data !== null && 'errors' in data ? data.errors : [];
  const isName = (error: unknown): boolean =>
    typeof error === 'object' && error !== null && 'pointer' in error && pointers.includes(String(error.pointer));
  if (!Array.isArray(errors) || !errors.some(isName)) return thrown;
  return new Fault('not_found', `Cannot call ${operation}: there is nothing of that name`);
}

function repeatable(
  { route, idempotency }: Served,
  { request, call }: { readonly request: FastifyRequest; readonly call: Request },
  work: () => Promise<KeptAnswer>,
): Promise<KeptAnswer> {
  const key = request.headers['idempotency-key'];
  if (key === undefined || !takesIdempotencyKey(route)) return work();
  if (typeof key !== 'string' || key === '' || key.length > IDEMPOTENCY_KEY_LIMIT) {
    throw new Fault('invalid_input', 'Cannot take the request: its idempotency key is empty, too long or given twice', {
      data: { errors: [{ pointer: '', message: 'Idempotency-Key must have 1 to 255 characters' }] },
    });
  }
  const { actor } = call.caller;
  return idempotency.answer({ owner: actor, key, request: JSON.stringify([route.operation, call.input]) }, work);
}

/** A key whose time has come gets its new token with an answer that it was waiting for anyway. */
async function offerRotation({ authentication }: Served, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const rotated = await authentication.rotateDue(keyOf(request).id);
  if (rotated === undefined) return;
  void reply.header('x-cave-new-token', rotated.token.reveal());
  void reply.header('x-cave-new-token-expires-at', String(rotated.expiresAt));
}
