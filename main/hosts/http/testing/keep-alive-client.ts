import { Agent, type IncomingMessage, request } from 'node:http';

export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Events are waited for to their end; absent: whoever gets some leaves. */
  readonly events?: 'read';
}

export interface ReceivedAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Empty for events that are not waited for. */
  readonly text: string;
}

/** Asks a server over connections that stay open, as many at a time as it is told. */
export class KeepAliveClient implements Disposable {
  readonly #agent: Agent;
  readonly #port: number;
  readonly #answerLimitMs: number;

  constructor(options: { readonly port: number; readonly connections: number; readonly answerLimitMs: number }) {
    this.#port = options.port;
    this.#answerLimitMs = options.answerLimitMs;
    this.#agent = new Agent({ keepAlive: true, maxSockets: options.connections });
  }

  /** Rejects where the server gives no answer in time, or none at all. */
  ask({ method, path, headers, body, events }: SentRequest): Promise<ReceivedAnswer> {
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const asked = request({
        host: '127.0.0.1',
        port: this.#port,
        agent: this.#agent,
        method,
        path,
        headers: { ...headers, ...length },
        timeout: this.#answerLimitMs,
      });
      asked.on('timeout', () => asked.destroy(new Error(`no answer within ${this.#answerLimitMs} ms`)));
      asked.on('error', reject);
      asked.on('response', (response) => {
        const { statusCode: status = 0, headers: received } = response;
        if (events === undefined && received['content-type']?.startsWith('text/event-stream') === true) {
          response.destroy();
          return resolve({ status, headers: received, text: '' });
        }
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => resolve({ status, headers: received, text: Buffer.concat(pieces).toString() }));
      });
      asked.end(body);
    });
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}
