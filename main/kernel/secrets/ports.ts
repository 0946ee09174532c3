import type { AuditEntry } from '../../../schema/audit-record.ts';
import type { SecretHanding, SecretInfo } from '../../../schema/contract/secret.ts';
import type { SessionId } from '../../../schema/entities.ts';
import type { Decision, PolicyCall } from '../../../schema/policy.ts';
import type { Secret } from '../../base/secret.ts';
import type { AgentConnection } from '../sandboxes/agent-port.ts';
import type { SecretUser } from './secret-call.ts';

/** Port: where secrets are kept, sealed. */
export interface SecretVault {
  list(): readonly SecretInfo[];
  /** @throws Fault `keystore_unavailable` */
  put(info: SecretInfo, value: Secret): void;
  delete(name: string): void;
  /** Undefined where there is none. @throws Fault `keystore_unavailable` */
  reveal(name: string): Secret | undefined;
}

/** Where it is kept who is given what; never the secrets themselves. */
export interface HandingStore {
  all(): SecretHanding[];
  put(handing: SecretHanding): void;
  delete(id: string): void;
}

/** What the kernel knows of a session that secrets go to. */
export interface SecretSession extends SecretUser {
  readonly workspace: string;
  readonly workspaceRoots: readonly string[];
}

export interface SecretSessions {
  /** Undefined where there is none, or none that runs. */
  running(session: SessionId): SecretSession | undefined;
  /** @throws Fault `session_not_running` */
  connection(session: SessionId): AgentConnection;
  sessions(): readonly SessionId[];
}

export interface SecretPolicy {
  decide(calls: readonly PolicyCall[], workspaceRoots: readonly string[]): Decision | Promise<Decision>;
}

export interface SecretAudit {
  record(entry: AuditEntry): void;
}
