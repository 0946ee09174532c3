import type { CavernProgram, GatewayStatus } from '../../../schema/contract/gateway.ts';
import { Fault, toFault } from '../../../schema/fault.ts';
import { Broadcast } from '../../base/broadcast.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { ChoiceStore, FindPlace, Listen, Listening, ServedPlace } from './ports.ts';
import type { Traffic } from './traffic.ts';

export interface GatewayOptions {
  readonly choice: ChoiceStore;
  readonly listen: Listen;
  readonly place: FindPlace;
  readonly traffic: Traffic;
  readonly program: CavernProgram;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Served {
  readonly server: Listening;
  readonly port: number;
  readonly by: 'operator' | 'command line';
  readonly since: number;
}

const ANY_PORT = 0;
/** Which a URL does not name. */
const DEFAULT_PORTS = { http: 80, https: 443 } as const;

/** Whether HTTP and MCP are served. They are off until the operator turns them on, or the command line names a port. */
export class Gateway implements AsyncDisposable {
  readonly #options: GatewayOptions;
  readonly #changed = new Broadcast<void>();
  #served: Served | undefined;
  /** Of the command line: it holds for whatever is served in this process, before what the operator wants. */
  #ordered: ServedPlace = {};
  #failure: Fault | undefined;
  #disposed = false;
  /** Turned on and off one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  get traffic(): Traffic {
    return this.#options.traffic;
  }

  get status(): GatewayStatus {
    const { choice, program } = this.#options;
    const served = this.#served;
    return {
      state: served ? 'on' : this.#failure ? 'failed' : 'off',
      url: served?.server.url ?? null,
      port: served?.port ?? choice.get()?.port ?? ANY_PORT,
      openedBy: served?.by ?? null,
      program,
      ...(served ? { since: served.since } : {}),
      ...(this.#failure ? { failure: failureOf(this.#failure) } : {}),
    };
  }

  async *watch(signal: AbortSignal): AsyncGenerator<GatewayStatus, void, undefined> {
    const changes = this.#changed.listen(signal);
    yield this.status;
    for await (const _ of changes) yield this.status;
  }

  /** Serves again what the operator had turned on. Where that cannot be, the status says why. Never rejects. */
  begin(): Promise<void> {
    return this.#inTurn(async () => {
      const { choice, logger } = this.#options;
      const kept = choice.get();
      if (kept?.enabled !== true) return;
      try {
        await this.#open(kept.port, 'operator');
      } catch (thrown) {
        this.#failure = toFault(thrown);
        logger.warn('the gateway could not be served', { thrown });
      }
      this.#changed.publish();
    });
  }

  /** What is served stays as it is where it cannot be served on the other port. @throws Fault `port_taken`, `tls_needed`, `tls_invalid`, `invalid_address`, `storage_failed` */
  enable(port: number): Promise<GatewayStatus> {
    return this.#inTurn(async () => {
      const { choice } = this.#options;
      const url = await this.#open(port, 'operator');
      await choice.put({ enabled: true, port, lastPort: portOf(url) });
      this.#changed.publish();
      return this.status;
    });
  }

  /** For as long as this process lives, or until somebody turns it off; nothing is kept. @throws Fault `port_taken`, `tls_needed`, `tls_invalid` */
  serve(port: number, place: ServedPlace = {}): Promise<GatewayStatus> {
    return this.#inTurn(async () => {
      this.#ordered = place;
      await this.#open(port, 'command line');
      this.#changed.publish();
      return this.status;
    });
  }

  /**
   * Serves what is served at the place that the operator wants by now, on the same port; its connections end. Never rejects:
   * the status says why where it cannot be.
   */
  move(): Promise<void> {
    return this.#inTurn(async () => {
      const { traffic, logger } = this.#options;
      const former = this.#served;
      if (former === undefined) return;
      await this.#close();
      try {
        const server = await this.#options.listen(portOf(former.server.url), traffic, await this.#place());
        this.#served = { ...former, server };
      } catch (thrown) {
        this.#failure = toFault(thrown);
        logger.warn('the gateway could not be served where the settings want it', { thrown });
      }
      this.#changed.publish();
    });
  }

  /** @throws Fault `storage_failed`: it is off all the same, but comes again with the next start */
  disable(): Promise<GatewayStatus> {
    return this.#inTurn(async () => {
      const { choice } = this.#options;
      const kept = choice.get();
      this.#failure = undefined;
      await this.#close();
      this.#changed.publish();
      if (kept?.enabled === true) await choice.put({ ...kept, enabled: false });
      return this.status;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await this.#inTurn(() => this.#close());
  }

  async #open(port: number, by: Served['by']): Promise<string> {
    if (this.#disposed) throw new Fault('cancelled', 'Cannot serve: the kernel ends');
    const former = this.#served;
    if (former?.port === port && former.by === by) return former.server.url;
    const { clock } = this.#options;
    // The one that is there goes only when the other one is.
    const isSame = former !== undefined && portOf(former.server.url) === port;
    const server = isSame ? former.server : await this.#listen(port);
    this.#served = { server, port, by, since: isSame ? former.since : clock.now() };
    this.#failure = undefined;
    if (!isSame) await former?.server[Symbol.asyncDispose]();
    return server.url;
  }

  /** Any port is the one of the last time, where it is free: programs were told of it. */
  async #listen(port: number): Promise<Listening> {
    const { choice, listen, traffic } = this.#options;
    const last = choice.get()?.lastPort;
    const place = await this.#place();
    if (port === ANY_PORT && last !== undefined && this.#served === undefined) {
      try {
        return await listen(last, traffic, place);
      } catch (thrown) {
        if (!(thrown instanceof Fault) || thrown.code !== 'port_taken') throw thrown;
      }
    }
    return listen(port, traffic, place);
  }

  #place(): Promise<ServedPlace> {
    return this.#options.place(this.#ordered);
  }

  async #close(): Promise<void> {
    const served = this.#served;
    this.#served = undefined;
    await served?.server[Symbol.asyncDispose]();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === '' ? DEFAULT_PORTS[protocol === 'https:' ? 'https' : 'http'] : Number(port);
}

function failureOf({ code, message, why, fix }: Fault): NonNullable<GatewayStatus['failure']> {
  return { code, message, ...(why === undefined ? {} : { why }), ...(fix === undefined ? {} : { fix }) };
}
