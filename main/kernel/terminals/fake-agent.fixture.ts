import type { AgentTerminal } from '../../../schema/agent-protocol.ts';
import type { Sandbox, SandboxId, SessionId, Terminal, TerminalId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import type { AgentConnection } from '../sandboxes/agent-port.ts';
import type { TerminalMirror, TerminalSandboxes, TerminalStore } from './ports.ts';

/** An agent that does what a test tells it to. */
export class FakeConnection implements AgentConnection {
  readonly sandbox = 'box' as SandboxId; // A brand has no other maker in tests.
  readonly peer = { pid: 1, uid: 1000, containerId: '' };
  readonly hello;
  readonly requests: [method: string, params: unknown][] = [];
  readonly #listeners = new Set<(method: string, params: unknown) => void>();
  refuse: Fault | undefined;

  constructor(terminals: readonly AgentTerminal[] = []) {
    this.hello = { protocol: 3, agent: '0', node: 'v24', pid: 1, terminals };
  }

  async request(method: string, params: unknown): Promise<unknown> {
    this.requests.push([method, params]);
    if (this.refuse !== undefined) throw this.refuse;
    return {};
  }

  onEvent(listener: (method: string, params: unknown) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onClose(): () => void {
    return () => undefined;
  }

  say(method: string, params: unknown): void {
    for (const listener of this.#listeners) listener(method, params);
  }

  print(terminal: string, offset: number, text: string | Uint8Array): void {
    this.say('terminal.data', { terminal, offset, bytes: Buffer.from(text) });
  }

  requested(method: string): unknown[] {
    return this.requests.filter(([name]) => name === method).map(([, params]) => params);
  }
}

export class FakeSandboxes implements TerminalSandboxes {
  readonly running = new Map<SessionId, FakeConnection>();
  #onConnection: ((session: SessionId, connection: AgentConnection) => void) | undefined;
  #onChange: ((sandbox: Sandbox) => void) | undefined;

  connection(session: SessionId): AgentConnection {
    const connection = this.running.get(session);
    if (connection !== undefined) return connection;
    throw new Fault('session_not_running', `Cannot reach session "${session}"`);
  }

  onConnection(listener: (session: SessionId, connection: AgentConnection) => void): () => void {
    this.#onConnection = listener;
    return () => undefined;
  }

  onChange(listener: (sandbox: Sandbox) => void): void {
    this.#onChange = listener;
  }

  connect(session: SessionId, connection: FakeConnection): void {
    this.running.set(session, connection);
    this.#onConnection?.(session, connection);
  }

  change(sandbox: Sandbox): void {
    this.#onChange?.(sandbox);
  }
}

/** Shows everything that was written, with its size; `hold` keeps writes from being taken in. */
export class FakeMirror implements TerminalMirror {
  readonly texts = new Map<string, string>();
  hold: Promise<void> | undefined;
  #size = { cols: 0, rows: 0 };

  async open(id: TerminalId, size: { cols: number; rows: number }): Promise<void> {
    this.#size = { cols: size.cols, rows: size.rows };
    this.texts.set(id, '');
  }

  async write(id: TerminalId, bytes: Uint8Array): Promise<undefined> {
    this.texts.set(id, (this.texts.get(id) ?? '') + Buffer.from(bytes).toString());
    await this.hold;
  }

  async resize(_id: TerminalId, size: { cols: number; rows: number }): Promise<void> {
    this.#size = size;
  }

  async snapshot(id: TerminalId): Promise<{ text: string; cols: number; rows: number }> {
    const text = this.texts.get(id);
    if (text === undefined) throw new Error('not mirrored');
    return { text, ...this.#size };
  }

  async close(id: TerminalId): Promise<void> {
    this.texts.delete(id);
  }
}

export function memoryTerminalStore(terminals: readonly Terminal[] = []): TerminalStore {
  const kept = new Map(terminals.map((terminal) => [terminal.id, terminal]));
  return {
    all: () => [...kept.values()],
    put: (terminal) => void kept.set(terminal.id, terminal),
    delete: (id) => void kept.delete(id),
  };
}
