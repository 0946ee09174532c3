import type {
  ConnectionKind,
  GatewayConnection,
  GatewayLimit,
  GatewayRequest,
  GatewayTraffic,
} from '../../../schema/contract/gateway.ts';
import type { Clock } from '../../base/clock.ts';
import { pause } from '../../base/pause.ts';
import type { Answered, ConnectionSink, TrafficSink } from './ports.ts';

export interface TrafficOptions {
  readonly clock: Clock;
  readonly limits: () => readonly GatewayLimit[];
}

/** So many of the requests that were answered last are known. */
export const KEPT_REQUESTS = 200;
/** So many connections are listed; all are counted. */
export const LISTED_CONNECTIONS = 100;
/** Whoever follows is told at most so often, however much goes on. */
export const TELL_EVERY_MS = 500;
/** What was used of a minute becomes less without anybody doing something. */
const DECAY_EVERY_MS = 2000;

/**
 * Who is connected and what was answered last, in memory of a fixed size. Nobody is told, and nothing is worked out, where
 * nobody follows.
 */
export class Traffic implements TrafficSink {
  readonly #options: TrafficOptions;
  readonly #connections = new Set<GatewayConnection>();
  readonly #requests: GatewayRequest[] = [];
  readonly #followers = new Set<() => void>();
  #lastId = 0;
  #answered = 0;

  constructor(options: TrafficOptions) {
    this.#options = options;
  }

  opened(): ConnectionSink {
    this.#lastId += 1;
    const connection: { -readonly [K in keyof GatewayConnection]: GatewayConnection[K] } = {
      id: this.#lastId,
      kind: 'http',
      key: null,
      since: this.#options.clock.now(),
      requests: 0,
    };
    this.#connections.add(connection);
    this.#tell();
    return {
      carries: (kind: ConnectionKind, key: string): void => {
        connection.kind = kind;
        connection.key = key;
        connection.requests += 1;
        this.#tell();
      },
      closed: (): void => {
        this.#connections.delete(connection);
        this.#tell();
      },
    };
  }

  answered({ method, route, key, status, durationMs }: Answered): void {
    this.#answered += 1;
    this.#requests.push({
      seq: this.#answered,
      at: this.#options.clock.now(),
      method,
      route: route ?? null,
      key: key ?? null,
      status,
      durationMs: Math.round(durationMs * 10) / 10,
    });
    if (this.#requests.length > KEPT_REQUESTS) this.#requests.shift();
    this.#tell();
  }

  /** The first event has what is known; each one after it what came since. */
  async *watch(signal: AbortSignal): AsyncGenerator<GatewayTraffic, void, undefined> {
    let told = 0;
    while (!signal.aborted) {
      const picture = this.#since(told);
      yield picture;
      told = picture.answered;
      await pause(this.#options.clock, TELL_EVERY_MS, signal);
      await this.#news(told, picture, signal);
    }
  }

  #since(told: number): GatewayTraffic {
    return {
      connections: [...this.#connections].slice(0, LISTED_CONNECTIONS).map((connection) => ({ ...connection })),
      connected: this.#connections.size,
      requests: this.#requests.filter(({ seq }) => seq > told),
      answered: this.#answered,
      limits: [...this.#options.limits()],
    };
  }

  /** Resolves when there is something that the picture does not show, or the signal aborts. */
  async #news(told: number, { connections, connected, limits }: GatewayTraffic, signal: AbortSignal): Promise<void> {
    if (this.#answered !== told || this.#connections.size !== connected) return;
    const shown = new Map(connections.map(({ id, requests }) => [id, requests]));
    for (const { id, requests } of this.#connections) {
      if (shown.has(id) ? shown.get(id) !== requests : connections.length < LISTED_CONNECTIONS) return;
    }
    const stop = new AbortController();
    const wake = (): void => stop.abort();
    this.#followers.add(wake);
    signal.addEventListener('abort', wake, { once: true });
    try {
      if (limits.some(({ used }) => used > 0)) await pause(this.#options.clock, DECAY_EVERY_MS, stop.signal);
      else await whenAborted(stop.signal);
    } finally {
      signal.removeEventListener('abort', wake);
      this.#followers.delete(wake);
    }
  }

  #tell(): void {
    for (const wake of this.#followers) wake();
  }
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
