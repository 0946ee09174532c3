import Type from 'typebox';
import { area, call, stream } from '../../../../schema/contract/contract.ts';
import { Fault } from '../../../../schema/fault.ts';
import type { Decision, PolicyCall } from '../../../../schema/policy.ts';
import { AsyncChannel } from '../../../base/async-channel.ts';
import { systemClock } from '../../../base/clock.ts';
import type { Logger } from '../../../base/logger.ts';
import { silentLogger } from '../../../base/logger.ts';
import { Dispatch, type HandlersOf } from '../../../kernel/dispatch/dispatch.ts';
import type { ReviewAnswer } from '../../../kernel/dispatch/ports.ts';
import { RunningActs } from '../../../kernel/dispatch/running-acts.ts';
import { createRedactor } from '../../../kernel/policy/redactor.ts';
import { type HttpServer, serveHttp, type ServerLimits } from '../http-server.ts';
import { HttpMetrics } from '../metrics.ts';
import type { TlsIdentity } from '../served-at.ts';
import type { HttpTraffic } from '../watched-traffic.ts';
import { ADMIN, ShelfKeys } from './shelf-keys.ts';

/** What a room says when somebody asks for a flood: more than any buffer between here and there holds. */
export const FLOOD_LINES = 4000;
const FLOOD_LENGTH = 65_536;

const ThingName = Type.String({ pattern: '^[a-z]{1,20}$', examples: ['lamp'] });

/** A contract of its own with one call of every kind that the gateway treats otherwise. */
export const areas = {
  shelf: area('shelf', {
    put: call({
      about: 'Put a thing on the shelf',
      effect: 'write',
      http: { method: 'POST', path: '/things', status: 201 },
      input: Type.Object({ name: ThingName, sizeBytes: Type.Optional(Type.Integer({ minimum: 1 })) }),
      output: Type.Object({ name: ThingName, placedAt: Type.Integer() }),
      faults: ['name_taken'],
    }),
    look: call({
      about: 'Look at a thing',
      effect: 'read',
      http: { method: 'GET', path: '/things/{name}' },
      input: Type.Object({
        name: ThingName,
        closeUp: Type.Optional(Type.Boolean()),
        maxLines: Type.Optional(Type.Integer({ minimum: 1 })),
      }),
      output: Type.Object({ name: ThingName, closeUp: Type.Boolean(), maxLines: Type.Integer() }),
      faults: [],
    }),
    lose: call({
      about: 'Fail in a way that nobody foresaw',
      effect: 'read',
      http: { method: 'GET', path: '/lose' },
      input: Type.Object({}),
      output: Type.Object({}),
      faults: [],
    }),
    wait: call({
      about: 'Wait until somebody lets go',
      effect: 'write',
      http: { method: 'POST', path: '/wait' },
      input: Type.Object({}),
      output: Type.Object({}),
      faults: [],
    }),
    lines: stream({
      about: 'Give lines',
      effect: 'read',
      http: { method: 'GET', path: '/lines', answer: 'events', resume: { id: 'seq', input: 'after' } },
      input: Type.Object({ after: Type.Optional(Type.Integer({ minimum: 0 })), to: Type.Optional(Type.Integer()) }),
      event: Type.Object({ seq: Type.Integer(), lineText: Type.String() }),
      faults: [],
    }),
    say: call({
      about: 'Say something in a room',
      effect: 'write',
      record: 'parent',
      input: Type.Object({ room: Type.String(), spokenText: Type.String({ maxLength: 100 }) }),
      output: Type.Object({}),
      faults: [],
    }),
    listen: stream({
      about: 'Open a room and hear what is said in it',
      effect: 'read',
      http: {
        method: 'GET',
        path: '/rooms/{floor}',
        answer: 'events',
        socket: { about: 'room', calls: { say: 'shelf.say' } },
      },
      input: Type.Object({ floor: Type.Integer({ minimum: 0 }) }),
      event: Type.Object({ room: Type.String(), heardText: Type.String() }),
      faults: [],
    }),
    sum: stream({
      about: 'Add up, telling how far it is',
      effect: 'write',
      http: { method: 'POST', path: '/sum' },
      input: Type.Object({ upTo: Type.Integer() }),
      event: Type.Object({ soFar: Type.Integer() }),
      faults: [],
    }),
  }),
};

const ALLOW: Decision = { decision: 'allow', via: 'rules', rule: 'open', reasons: [], flagged: false, warnings: [] };

export interface ShelfOptions {
  /** 1 s for headers if absent: for tests that wait for it. */
  readonly limits?: Partial<ServerLimits>;
  readonly decide?: (calls: readonly PolicyCall[]) => Decision;
  readonly ask?: (signal: AbortSignal) => Promise<ReviewAnswer>;
  readonly healthy?: boolean;
  readonly logger?: Logger;
  readonly traffic?: HttpTraffic;
  readonly address?: string;
  readonly tls?: TlsIdentity;
}

/** The gateway in front of a real dispatch that offers that contract; it listens on a port of its own. */
export class ShelfGateway implements AsyncDisposable {
  readonly #server: HttpServer;
  readonly #keys: ShelfKeys;
  /** How often each thing was put. */
  readonly put: string[] = [];
  /** Signals of the calls of `wait`, and what lets them go. */
  readonly waiting: { readonly signal: AbortSignal; readonly go: () => void }[] = [];
  /** What is said in each room that is open. */
  readonly rooms = new Map<string, (text: string) => void>();
  #streams = 0;
  #flood = 0;

  private constructor(server: HttpServer, keys: ShelfKeys) {
    this.#server = server;
    this.#keys = keys;
  }

  static async open(options: ShelfOptions = {}): Promise<ShelfGateway> {
    // The handlers are made before the gateway that they tell of their work.
    let gateway: ShelfGateway | undefined;
    const dispatch = shelfDispatch(options, () => gateway);
    const authentication = new ShelfKeys();
    const server = await serveHttp({
      areas,
      dispatch,
      authentication,
      metrics: new HttpMetrics({
        sandboxes: () => new Map([['running', 2]]),
        creations: () => [],
        calls: () => dispatch.meter.calls(),
        decisions: () => dispatch.meter.decisions(),
        auditQueue: () => 0,
        keys: () => authentication.use(),
      }),
      health: async () => {
        const engine = options.healthy !== false;
        return { ok: engine, checks: { database: true, audit: true, engine } };
      },
      clock: systemClock,
      logger: options.logger ?? silentLogger,
      version: '1.2.3',
      port: 0,
      limits: { headersTimeoutMs: 1000, ...options.limits },
      ...(options.traffic === undefined ? {} : { traffic: options.traffic }),
      ...(options.address === undefined ? {} : { address: options.address }),
      ...(options.tls === undefined ? {} : { tls: options.tls }),
    });
    gateway = new ShelfGateway(server, authentication);
    return gateway;
  }

  get url(): string {
    return this.#server.url;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Streams that are being read. */
  get streams(): number {
    return this.#streams;
  }

  /** Ends a key, as its revocation does. */
  endKey(token: string): void {
    this.#keys.end(token);
  }

  /** Lines of floods that were taken so far. */
  get flood(): number {
    return this.#flood;
  }

  countFlood(): void {
    this.#flood += 1;
  }

  changeStreams(by: 1 | -1): void {
    this.#streams += by;
  }

  /** Calls with a good key unless told otherwise. */
  fetch(
    path: string,
    init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const headers = { authorization: `Bearer ${ADMIN}`, ...init.headers };
    return fetch(`${this.url}${path}`, { ...init, headers });
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }
}

function shelfDispatch(options: ShelfOptions, gateway: () => ShelfGateway | undefined): Dispatch<typeof areas> {
  const ask = options.ask ?? (async () => ({ answer: 'deny' as const, by: 'operator', reason: 'no' }));
  const redactor = createRedactor([]);
  return new Dispatch({
    areas,
    handlers: shelfHandlers(gateway),
    clock: systemClock,
    logger: silentLogger,
    gate: {
      policy: { decide: options.decide ?? (() => ALLOW) },
      audit: { writable: true, append: async () => undefined, record: () => undefined },
      review: { ask: ({ signal }) => ask(signal), approve: ({ signal }) => ask(signal) },
      redact: (text) => redactor.redact(text),
      redaction: () => redactor,
      subjects: new Map(),
      sessionOf: () => undefined,
      running: new RunningActs(),
    },
  });
}

function shelfHandlers(gateway: () => ShelfGateway | undefined): HandlersOf<typeof areas> {
  return {
    shelf: {
      put({ name }) {
        const { put = [] } = gateway() ?? {};
        if (put.includes(name)) throw new Fault('name_taken', `Cannot put "${name}": it is there`);
        put.push(name);
        return { name, placedAt: put.length };
      },
      look({ name, closeUp = false, maxLines = 1 }) {
        if (name === 'nothing') throw new Fault('not_found', 'Cannot look at "nothing": it is not there');
        return { name, closeUp, maxLines };
      },
      lose() {
        throw new TypeError('a detail that nobody is to read');
      },
      wait: (_input, { signal }) =>
        new Promise<Record<string, never>>((resolve, reject) => {
          gateway()?.waiting.push({ signal, go: () => resolve({}) });
          signal.addEventListener('abort', () => reject(new Fault('cancelled', 'Cancelled')), { once: true });
        }),
      async *lines({ after = 0, to = Number.POSITIVE_INFINITY }, { signal }) {
        gateway()?.changeStreams(1);
        try {
          for (let seq = after + 1; seq <= to && !signal.aborted; seq += 1) {
            yield { seq, lineText: 'x'.repeat(1000) };
            // Others get a turn, as they do between two real lines.
            await new Promise(setImmediate);
          }
        } finally {
          gateway()?.changeStreams(-1);
        }
      },
      say({ room, spokenText }) {
        const { rooms } = gateway() ?? {};
        const tell = rooms?.get(room);
        if (tell === undefined) throw new Fault('not_found', 'Cannot say it: there is no such room');
        tell(spokenText);
        return {};
      },
      async *listen({ floor }, { signal }) {
        const room = `room-${floor}`;
        const heard = new AsyncChannel<string>();
        gateway()?.rooms.set(room, (text) => void heard.push(text));
        gateway()?.changeStreams(1);
        signal.addEventListener('abort', () => heard.close(), { once: true });
        try {
          yield { room, heardText: 'opened' };
          for await (const text of heard) {
            if (text === 'end') return;
            if (text !== 'flood') yield { room, heardText: text };
            else
              for (let line = 0; line < FLOOD_LINES && !signal.aborted; line += 1) {
                gateway()?.countFlood();
                yield { room, heardText: 'x'.repeat(FLOOD_LENGTH) };
              }
          }
        } finally {
          gateway()?.changeStreams(-1);
        }
      },
      async *sum({ upTo }) {
        for (let soFar = 1; soFar <= upTo; soFar += 1) yield { soFar };
      },
    },
  };
}
