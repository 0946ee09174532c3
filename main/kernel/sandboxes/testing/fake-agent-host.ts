import type { SandboxId } from '../../../../schema/entities.ts';
import type { AgentConnection, AgentEndpoint, AgentHost } from '../agent-port.ts';

interface FakeEndpoint extends AgentEndpoint {
  connect(): void;
}

/** Endpoints in memory; each agent connects at once unless it is told to stay away. */
export class FakeAgentHost implements AgentHost {
  readonly open = new Map<SandboxId, FakeEndpoint>();
  readonly #listeners = new Set<(method: string, params: unknown) => void>();
  agents: 'connect' | 'stay away' = 'connect';
  /** What no agent answers. */
  readonly unanswered = new Set<string>();
  /** What was asked of all agents, in this order. */
  readonly requests: { readonly sandbox: SandboxId; readonly method: string; readonly params: unknown }[] = [];

  /** Every agent says this of itself. */
  announce(method: string, params: unknown): void {
    for (const listener of this.#listeners) listener(method, params);
  }

  async listen(sandbox: SandboxId): Promise<AgentEndpoint> {
    const listeners = new Set<(connection: AgentConnection) => void>();
    let arrive: (connection: AgentConnection) => void = () => undefined;
    const arrival = new Promise<AgentConnection>((resolve) => {
      arrive = resolve;
    });
    const endpoint: FakeEndpoint = {
      folder: `/ipc/${sandbox}`,
      connect: () => {
        arrive(this.#connectionTo(sandbox));
        for (const listener of listeners) listener(this.#connectionTo(sandbox));
      },
      connection: (signal) =>
        Promise.race([
          arrival,
          new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
        ]),
      onConnection: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      [Symbol.asyncDispose]: async () => {
        this.open.delete(sandbox);
      },
    };
    this.open.set(sandbox, endpoint);
    if (this.agents === 'connect') endpoint.connect();
    return endpoint;
  }

  #connectionTo(sandbox: SandboxId): AgentConnection {
    return {
      sandbox,
      hello: { protocol: 2, agent: '0', node: '24', pid: 1, terminals: [] },
      peer: { pid: 1, uid: 1000, containerId: 'c' },
      request: (method, params) => {
        this.requests.push({ sandbox, method, params });
        return this.unanswered.has(method) ? Promise.reject(new Error(`no answer to ${method}`)) : Promise.resolve({});
      },
      onEvent: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      onClose: () => () => undefined,
    };
  }
}
