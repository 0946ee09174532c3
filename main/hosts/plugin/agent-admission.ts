import { AGENT_PROTOCOL, OLDEST_AGENT_PROTOCOL, readAgentHello } from '../../../schema/agent-protocol.ts';
import type { SandboxId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Frame } from '../../../schema/frame.ts';
import type { Clock } from '../../base/clock.ts';
import type { AgentConnection, AgentPeer } from '../../kernel/sandboxes/agent-port.ts';
import type { Peer } from '../../platform/framed-socket/peer-credentials.ts';
import type { ProcessPlace } from '../../platform/framed-socket/process-container.ts';
import type { SocketChannel } from '../../platform/framed-socket/socket-channel.ts';
import { FramedAgentConnection } from './agent-connection.ts';

const HELLO_LIMIT_MS = 5000;
/** How long the kernel may take to learn the container's id: it is known before the container starts. */
const CONTAINER_LIMIT_MS = 5000;
const CONTAINER_RETRY_MS = 10;

export interface AgentAdmissionOptions {
  readonly sandbox: SandboxId;
  /** The user that the sandbox's processes run as, as this machine sees it. */
  readonly expectedUid: number;
  readonly expectContainer: () => string | undefined;
  readonly placeOf: (pid: number) => Promise<ProcessPlace>;
  readonly clock: Clock;
  readonly onRefused: (reason: string, peer: Peer) => void;
}

/** Lets in the agent of one sandbox and nobody else, and keeps the connection that is current. */
export class AgentAdmission implements Disposable {
  readonly #options: AgentAdmissionOptions;
  readonly #listeners = new Set<(connection: AgentConnection) => void>();
  #current: { readonly connection: AgentConnection; readonly channel: SocketChannel } | undefined;
  #disposed = false;

  constructor(options: AgentAdmissionOptions) {
    this.#options = options;
  }

  onConnection(listener: (connection: AgentConnection) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The connection that is there, or the next one. Rejects with `cancelled` when the signal aborts. */
  connection(signal: AbortSignal): Promise<AgentConnection> {
    if (signal.aborted) return Promise.reject(notWaiting());
    if (this.#current !== undefined) return Promise.resolve(this.#current.connection);
    return new Promise((resolve, reject) => {
      const stop = this.onConnection((connection) => {
        stop();
        signal.removeEventListener('abort', abort);
        resolve(connection);
      });
      const abort = (): void => {
        stop();
        reject(notWaiting());
      };
      signal.addEventListener('abort', abort, { once: true });
    });
  }

  /** Checks who connected; what is not the agent is closed and reported. */
  async admit(channel: SocketChannel, peer: Peer): Promise<void> {
    const refuse = (reason: string): void => {
      channel.close();
      this.#options.onRefused(reason, peer);
    };
    const found = await this.#identify(peer);
    // Nobody is let in any more, and nothing is left waiting for a greeting.
    if (this.#disposed) return channel.close();
    if (typeof found === 'string') return refuse(found);
    let connection: FramedAgentConnection | undefined;
    const timer = this.#options.clock.setTimer(HELLO_LIMIT_MS, () => refuse('it did not say hello in time'));
    channel.onClose(() => timer[Symbol.dispose]());
    channel.onFrame((frame) => {
      if (connection !== undefined) return connection.receive(frame);
      timer[Symbol.dispose]();
      const hello = helloOf(frame);
      if (typeof hello === 'string') return refuse(hello);
      const { sandbox } = this.#options;
      const onRefused = (reason: string): void => this.#options.onRefused(reason, peer);
      connection = new FramedAgentConnection({ sandbox, peer: found, hello, channel, onMisconduct: refuse, onRefused });
      this.#accept(connection, channel);
    });
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#current?.channel.close();
    this.#listeners.clear();
  }

  /** Who the peer is, or why it is not let in. */
  async #identify(peer: Peer): Promise<AgentPeer | string> {
    if (peer.uid !== this.#options.expectedUid) return `it runs as user ${peer.uid}`;
    const expected = await this.#expectedContainer();
    if (expected === undefined) return 'no container is expected';
    const place = await this.#options.placeOf(peer.pid).catch(() => undefined);
    if (place === undefined) return 'it was gone before it could be identified';
    if (place.containerId !== expected) return 'it does not live in the container of this sandbox';
    // Anything in the sandbox can reach the socket; only the agent is process 1, which nothing inside can become.
    if (!place.isFirst) return 'it is not the agent of this sandbox';
    return { pid: peer.pid, uid: peer.uid, containerId: place.containerId };
  }

  async #expectedContainer(): Promise<string | undefined> {
    const { expectContainer, clock } = this.#options;
    const untilMs = clock.now() + CONTAINER_LIMIT_MS;
    for (;;) {
      const expected = expectContainer();
      if (expected !== undefined || this.#disposed || clock.now() >= untilMs) return expected;
      await new Promise<void>((resolve) => void clock.setTimer(CONTAINER_RETRY_MS, resolve));
    }
  }

  #accept(connection: FramedAgentConnection, channel: SocketChannel): void {
    const replaced = this.#current;
    this.#current = { connection, channel };
    replaced?.channel.close();
    connection.onClose(() => {
      if (this.#current?.connection === connection) this.#current = undefined;
    });
    for (const listener of this.#listeners) listener(connection);
  }
}

function helloOf(frame: Frame): NonNullable<ReturnType<typeof readAgentHello>> | string {
  if (frame.type !== 'event' || frame.method !== 'hello') return 'it did not say hello first';
  const hello = readAgentHello(frame.params);
  if (hello === undefined) return 'its hello is not of the protocol';
  const { protocol } = hello;
  if (protocol >= OLDEST_AGENT_PROTOCOL && protocol <= AGENT_PROTOCOL) return hello;
  return `it speaks protocol ${protocol}, supported are ${OLDEST_AGENT_PROTOCOL} and ${AGENT_PROTOCOL}`;
}

const notWaiting = (): Fault => new Fault('cancelled', 'Waiting for the agent of the sandbox was cancelled');
