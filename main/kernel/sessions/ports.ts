import type { AuditType } from '../../../schema/audit-record.ts';
import type { Sandbox, Session, SessionId } from '../../../schema/entities.ts';
import type { CaveSandbox, Narrowing } from '../sandboxes/cave.ts';
import type { SessionLayer } from '../sandboxes/session-layer.ts';

/** Where sessions are kept between two starts. */
export interface SessionStore {
  all(): Session[];
  put(session: Session): void;
  delete(id: SessionId): void;
}

export interface SessionAudit {
  record(record: {
    type: AuditType;
    session: string;
    path?: string;
    reason?: string;
    data?: Record<string, unknown>;
  }): void;
}

export interface StartOptions {
  readonly session: SessionId;
  readonly workspace: string;
  readonly profile: string;
  /** What the workspace's own sandbox takes away from the profile. */
  readonly narrowing?: Narrowing | undefined;
  readonly signal: AbortSignal;
  /** Makes the layer of a session that begins with what another one wrote. */
  readonly seed?: (() => Promise<SessionLayer>) | undefined;
}

/** What sessions need of the sandboxes. */
export interface SessionSandboxes {
  /** The folder's real, absolute path; rejects with `workspace_invalid` and the reason. */
  checkWorkspace(path: string): Promise<string>;
  /** An id for a new session: that of a sandbox that was started ahead for such a session, where there is one. */
  sessionFor(workspace: string, profile: string, narrowing?: Narrowing): SessionId;
  start(options: StartOptions): Promise<Sandbox>;
  stop(session: SessionId): Promise<void>;
  remove(session: SessionId): Promise<void>;
  list(): Sandbox[];
  onChange(listener: (sandbox: Sandbox) => void): void;
  /** Adopts the running sandboxes of these sessions, removes all others of this home; gives the sessions that go on. */
  recover(wanted: readonly SessionId[]): Promise<ReadonlySet<SessionId>>;
}

/** The sandboxes that a workspace names itself. */
export interface SessionCaves {
  /** @throws Fault `cave_invalid`, `cave_unknown` */
  sandbox(workspace: string, name: string): Promise<CaveSandbox>;
}
