import type { SandboxId, SessionId } from '../../../schema/entities.ts';
import type { Sandbox } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import type { PortSandboxes } from '../../kernel/ports/ports.ts';
import type { AgentConnection, AgentRequestOptions } from '../../kernel/sandboxes/agent-port.ts';
import { Parameters } from '../sandbox-agent/parameters.ts';
import { InnerPorts } from '../sandbox-agent/ports/inner-ports.ts';

/** The agent's own part of open ports, in this process: what it calls its loopback is this machine's. */
export class DirectAgent implements PortSandboxes {
  readonly running = new Set<SessionId>();
  listening: unknown = [];
  readonly #ports = new InnerPorts();
  readonly #listeners = new Set<(sandbox: Sandbox) => void>();

  connection(session: SessionId): AgentConnection {
    if (!this.running.has(session)) throw new Fault('session_not_running', 'Cannot reach it');
    return {
      sandbox: 'box' as SandboxId, // A brand has no other maker in tests.
      peer: { pid: 1, uid: 1000, containerId: '' },
      hello: { protocol: 2, agent: '0', node: '24', pid: 1, terminals: [] },
      request: (method, params, options = {}) => this.#answer(method, params, options),
      onEvent: () => () => undefined,
      onClose: () => () => undefined,
    };
  }

  onChange(listener: (sandbox: Sandbox) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  end(session: SessionId): void {
    this.running.delete(session);
    const sandbox = { id: 'box' as SandboxId, session, profile: 'workspace', engine: '', image: '' }; // As above.
    for (const listener of this.#listeners) listener({ ...sandbox, state: 'stopping', createdAt: 0, phases: [] });
  }

  async #answer(method: string, params: unknown, options: AgentRequestOptions): Promise<unknown> {
    const { signal = new AbortController().signal, onEvent } = options;
    const read = new Parameters(params);
    const emit = async (name: string, event: unknown): Promise<void> => onEvent?.(name, event);
    if (method === 'port.connect') return this.#ports.connect(read, { signal, emit, ask: () => Promise.reject() });
    if (method === 'port.write') return this.#ports.write(read);
    if (method === 'port.end') return this.#ports.end(read);
    return { ports: this.listening };
  }
}
