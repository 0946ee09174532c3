import type { AuditType } from '../../../schema/audit-record.ts';
import type { Sandbox, SessionId, Terminal, TerminalId } from '../../../schema/entities.ts';
import type { AgentConnection } from '../sandboxes/agent-port.ts';

export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

/** What terminals need of the sandboxes. */
export interface TerminalSandboxes {
  /** Throws Fault `session_not_running`. */
  connection(session: SessionId): AgentConnection;
  /** Tells every connection of an agent, also one that came back. */
  onConnection(listener: (session: SessionId, connection: AgentConnection) => void): () => void;
  onChange(listener: (sandbox: Sandbox) => void): void;
}

/** A terminal's content, kept where nobody looks. Operations on one terminal take effect in the order they are asked for. */
export interface TerminalMirror {
  /** Begins with an empty screen. */
  open(terminal: TerminalId, size: TerminalSize): Promise<void>;
  /**
   * Whole characters of UTF-8, which are copied. Resolves when they have been taken in, with how many of the last lines stay of plain output
   * that comes next, as `lastLines` says; undefined where it has to be given all of it.
   */
  write(terminal: TerminalId, bytes: Uint8Array): Promise<number | undefined>;
  resize(terminal: TerminalId, size: TerminalSize): Promise<void>;
  /** What rebuilds everything that was written before this was asked for. */
  snapshot(terminal: TerminalId): Promise<TerminalSize & { readonly text: string }>;
  close(terminal: TerminalId): Promise<void>;
}

/** Where terminals are kept between two starts. */
export interface TerminalStore {
  all(): Terminal[];
  put(terminal: Terminal): void;
  delete(id: TerminalId): void;
}

export interface TerminalAudit {
  record(record: { type: AuditType; session: string; data?: Record<string, unknown> }): void;
}
