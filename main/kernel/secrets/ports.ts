import type { AuditEntry } from '../../../schema/audit-record.ts';
import type { PluginSummary } from '../../../schema/contract/plugin.ts';
import type { PluginHolder, SecretHanding, SecretInfo } from '../../../schema/contract/secret.ts';
import type { SessionId } from '../../../schema/entities.ts';
import type { PluginManifest } from '../../../schema/plugin-manifest.ts';
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

/** What the kernel knows of a plugin that secrets go to. */
export interface SecretPlugin {
  readonly state: PluginSummary['state'];
  /** Who it is; undefined of one that came with the program or is refused. */
  readonly holder: PluginHolder | undefined;
  readonly digest: string;
  readonly runtime: PluginManifest['runtime'];
  /** The groups of hosts that its manifest lists. */
  readonly hosts: readonly string[];
}

export interface SecretPlugins {
  /** Until it resolves for the first time, no plugin is known. */
  load(): Promise<void>;
  find(id: string): SecretPlugin | undefined;
}

export interface SecretPolicy {
  /** The groups of hosts of the document in force. */
  groups(): Readonly<Record<string, readonly string[]>>;
  decide(calls: readonly PolicyCall[], workspaceRoots: readonly string[]): Decision | Promise<Decision>;
}

export interface SecretAudit {
  record(entry: AuditEntry): void;
}
