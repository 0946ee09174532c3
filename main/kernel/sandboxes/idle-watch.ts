import type { Clock } from '../../base/clock.ts';
import type { AgentConnection } from './agent-port.ts';

/** Requests that look at a sandbox, or keep a window on it, and do not use it. */
const LOOKING = new Set([
  'stats',
  'port.list',
  'settle',
  'workspace.hide',
  'terminal.attach',
  'terminal.resize',
  'terminal.ack',
]);

/** Since when nobody has used a sandbox: no command, call or transfer under way, no key stroke, nothing printed. */
export class IdleWatch {
  readonly #clock: Clock;
  #underWay = 0;
  #lastMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastMs = clock.now();
  }

  /** 0 while something is under way. */
  get idleMs(): number {
    return this.#underWay > 0 ? 0 : this.#clock.now() - this.#lastMs;
  }

  /** The connection, its use noted. */
  noting(connection: AgentConnection): AgentConnection {
    const { sandbox, peer, hello } = connection;
    connection.onEvent(() => this.#touch());
    return {
      sandbox,
      peer,
      hello,
      request: (method, params, options) =>
        LOOKING.has(method)
          ? connection.request(method, params, options)
          : this.during(() => connection.request(method, params, options)),
      onEvent: (listener) => connection.onEvent(listener),
      onClose: (listener) => connection.onClose(listener),
    };
  }

  /** It is used for as long as the work takes. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
      this.#touch();
    }
  }

  #touch(): void {
    this.#lastMs = this.#clock.now();
  }
}
