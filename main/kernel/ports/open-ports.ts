import type { OpenPort, SessionPorts } from '../../../schema/contract/port.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { AsyncChannel } from '../../base/async-channel.ts';
import { Broadcast } from '../../base/broadcast.ts';
import type { Clock } from '../../base/clock.ts';
import { PROXY_PORT } from '../sandboxes/sandbox-network.ts';
import type { LocalConnection, LocalPort, LocalPorts, PortAudit, PortSandboxes } from './ports.ts';
import { type RelayCounts, relay } from './relay.ts';

export interface OpenPortsOptions {
  readonly local: LocalPorts;
  readonly sandboxes: PortSandboxes;
  readonly audit: PortAudit;
  readonly clock: Clock;
}

export interface PortOrder {
  readonly session: SessionId;
  readonly port: number;
  readonly localPort?: number | undefined;
}

interface Opened {
  readonly session: SessionId;
  readonly port: number;
  readonly local: LocalPort;
  readonly openedAt: number;
  readonly counts: RelayCounts & { connections: number; now: number };
}

/** A page with all its parts and a few windows of it; more at a time are turned away. */
const CONNECTIONS_LIMIT = 256;
const PORTS_LIMIT = 32;
/** Below, a port belongs to root. */
const FIRST_FREE_PORT = 1024;
const LOOK_EVERY_MS = 2_000;

/**
 * Ports of servers inside sandboxes that the operator opened for this machine, on 127.0.0.1 only. What is said goes through the agent's
 * connection, so a sandbox needs no network for it. An open port ends with its sandbox, and with this program.
 */
export class OpenPorts implements AsyncDisposable {
  readonly #options: OpenPortsOptions;
  readonly #open = new Map<string, Opened>();
  readonly #closing = new Set<Promise<void>>();
  /** Opened one after the other, so that two askers get the same one. */
  #turn: Promise<unknown> = Promise.resolve();
  readonly #changed = new Broadcast<SessionId>();
  readonly #leave: () => void;

  constructor(options: OpenPortsOptions) {
    this.#options = options;
    this.#leave = options.sandboxes.onChange(({ session, state }) => {
      if (state === 'stopping' || state === 'destroyed' || state === 'failed') void this.closeSession(session);
    });
  }

  /** One that is open already stays as it is. @throws Fault `session_not_running`, `port_taken`, `limit_reached` */
  open(order: PortOrder): Promise<OpenPort> {
    const turn = this.#turn.then(() => this.#openOne(order));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  ofSession(session: SessionId): OpenPort[] {
    return [...this.#open.values()]
      .filter((opened) => opened.session === session)
      .map(shown)
      .sort((a, b) => a.port - b.port);
  }

  /** With what listens inside; that is the sandbox's own word. */
  async list(session: SessionId, signal: AbortSignal): Promise<SessionPorts> {
    const answer = await this.#options.sandboxes.connection(session).request('port.list', {}, { signal });
    return { open: this.ofSession(session), listening: listeningIn(answer) };
  }

  /** The list, again whenever it has changed; what listens inside is looked at every two seconds. */
  async *watch(session: SessionId, signal: AbortSignal): AsyncGenerator<SessionPorts, void, undefined> {
    const leaving = new AbortController();
    const ended = AbortSignal.any([signal, leaving.signal]);
    const looks = new AsyncChannel<void>(Number.POSITIVE_INFINITY);
    const look = (): void => void looks.push(undefined);
    ended.addEventListener('abort', () => looks.close(), { once: true });
    void this.#tell(session, ended, look);
    let timer: Disposable | undefined;
    try {
      look();
      let last = '';
      for await (const _ of looks) {
        const ports = await this.list(session, signal);
        const text = JSON.stringify(ports);
        if (text !== last) yield ports;
        last = text;
        timer?.[Symbol.dispose]();
        timer = this.#options.clock.setTimer(LOOK_EVERY_MS, look);
      }
    } finally {
      timer?.[Symbol.dispose]();
      leaving.abort();
    }
  }

  /** False where it was not open. */
  async close(session: SessionId, port: number): Promise<boolean> {
    const opened = this.#open.get(keyOf(session, port));
    if (opened === undefined) return false;
    this.#open.delete(keyOf(session, port));
    this.#changed.publish(session);
    const closing = this.#end(opened);
    this.#closing.add(closing);
    await closing.finally(() => this.#closing.delete(closing));
    return true;
  }

  async closeSession(session: SessionId): Promise<void> {
    await Promise.all(this.ofSession(session).map(({ port }) => this.close(session, port)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leave();
    await this.#turn;
    await Promise.all([...this.#open.values()].map(({ session, port }) => this.close(session, port)));
    await Promise.all(this.#closing);
  }

  /** Calls `look` whenever the open ports of this session have changed. */
  async #tell(session: SessionId, signal: AbortSignal, look: () => void): Promise<void> {
    try {
      for await (const changed of this.#changed.listen(signal)) if (changed === session) look();
    } catch {
      // It fell behind; the next look shows all.
    }
  }

  async #end({ session, port, local, counts, openedAt }: Opened): Promise<void> {
    await local[Symbol.asyncDispose]();
    const { now: _now, ...totals } = counts;
    this.#options.audit.record({
      type: 'network_request',
      actor: 'kernel',
      session,
      reason: 'an opened port was closed',
      durationMs: Math.max(0, this.#options.clock.now() - openedAt),
      data: { method: 'PORT', host: '127.0.0.1', port, localPort: local.port, ...totals },
    });
  }

  async #openOne({ session, port, localPort }: PortOrder): Promise<OpenPort> {
    const { sandboxes, clock } = this.#options;
    // Throws where there is none.
    sandboxes.connection(session);
    const former = this.#open.get(keyOf(session, port));
    if (former && (localPort === undefined || localPort === former.local.port)) return shown(former);
    if (former) await this.close(session, port);
    if (this.ofSession(session).length >= PORTS_LIMIT) {
      throw new Fault('limit_reached', `Cannot open port ${port}: ${PORTS_LIMIT} ports of this session are open`, {
        fix: 'Close one that is not needed: cavern sandbox port close SESSION PORT',
      });
    }
    const counts = { connections: 0, now: 0, sentBytes: 0, receivedBytes: 0 };
    const onConnection = (connection: LocalConnection): void => void this.#serve({ session, port, counts }, connection);
    const local = await this.#listen(port, localPort, onConnection);
    const opened: Opened = { session, port, local, openedAt: clock.now(), counts };
    this.#open.set(keyOf(session, port), opened);
    this.#changed.publish(session);
    return shown(opened);
  }

  async #listen(
    port: number,
    wanted: number | undefined,
    onConnection: (connection: LocalConnection) => void,
  ): Promise<LocalPort> {
    const { local } = this.#options;
    if (wanted !== undefined) return local.listen(wanted, onConnection);
    if (port < FIRST_FREE_PORT) return local.listen(undefined, onConnection);
    // The same number keeps what a page says of itself true.
    return local.listen(port, onConnection).catch(() => local.listen(undefined, onConnection));
  }

  async #serve(
    { session, port, counts }: Pick<Opened, 'session' | 'port' | 'counts'>,
    connection: LocalConnection,
  ): Promise<void> {
    if (counts.now >= CONNECTIONS_LIMIT) return connection.destroy();
    counts.now += 1;
    counts.connections += 1;
    try {
      await relay(this.#options.sandboxes.connection(session), port, connection, counts);
    } catch {
      // Its sandbox has just ended.
      connection.destroy();
    } finally {
      counts.now -= 1;
    }
  }
}

function keyOf(session: SessionId, port: number): string {
  return `${session} ${port}`;
}

function shown({ session, port, local, openedAt, counts }: Opened): OpenPort {
  const { connections } = counts;
  return { session, port, localPort: local.port, url: `http://127.0.0.1:${local.port}/`, openedAt, connections };
}

/** Without the agent's own. */
function listeningIn(answer: unknown): number[] {
  const ports: unknown = typeof answer === 'object' && answer !== null && 'ports' in answer ? answer.ports : undefined;
  if (!Array.isArray(ports)) return [];
  const isPort = (port: unknown): port is number => Number.isInteger(port) && Number(port) > 0 && Number(port) < 65_536;
  return ports.filter(isPort).filter((port) => port !== PROXY_PORT);
}
