import type { AuditEntry } from '../../../schema/audit-record.ts';
import type { Sandbox, SessionId } from '../../../schema/entities.ts';
import type { AgentConnection } from '../sandboxes/agent-port.ts';

/** Somebody on this machine who has connected to an open port. */
export interface LocalConnection {
  /** What it sends, until its side has ended. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Aborts when it is gone. */
  readonly closed: AbortSignal;
  /** A promise where it does not keep up: resolves when it can take more. */
  write(bytes: Uint8Array): Promise<void> | undefined;
  /** No more will be written. */
  end(): void;
  destroy(): void;
}

export interface LocalPort extends AsyncDisposable {
  readonly port: number;
}

/** Port: listens on 127.0.0.1 of this machine, and nowhere else. Disposing ends the connections as well. */
export interface LocalPorts {
  /** `undefined`: any that is free. Rejects with Fault `port_taken`. */
  listen(port: number | undefined, onConnection: (connection: LocalConnection) => void): Promise<LocalPort>;
}

/** What open ports need of the sandboxes. */
export interface PortSandboxes {
  /** @throws Fault `session_not_running` */
  connection(session: SessionId): AgentConnection;
  onChange(listener: (sandbox: Sandbox) => void): () => void;
}

export interface PortAudit {
  record(entry: AuditEntry): void;
}
