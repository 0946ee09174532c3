import type { AuditEntry } from '../../../schema/audit-record.ts';
import type { Secret } from '../../base/secret.ts';
import type { KeyRecord } from './key-record.ts';

/** Port: where keys are kept. What was put is on disk when it resolves. */
export interface KeyStore {
  all(): readonly KeyRecord[];
  /** Rejects with `storage_failed`. */
  put(record: KeyRecord): Promise<void>;
  /** Rejects with `storage_failed`. */
  delete(id: string): Promise<void>;
}

/** When each key was last used, by id. */
export type LastUses = Readonly<Record<string, number>>;

/** Port: where it is kept when keys were last used; all in one. */
export interface LastUseStore {
  all(): LastUses;
  put(uses: LastUses): void;
}

/** Port: where rotations are told. */
export interface WebhookSettings {
  /** Undefined where nothing is told. */
  url(): string | undefined;
  /** Undefined where there is none. @throws Fault `keystore_unavailable` */
  secret(): Secret | undefined;
  /** Undefined for `url` ends it and forgets the secret; undefined for `secret` keeps the one that is there. */
  change(url: string | undefined, secret: Secret | undefined): Promise<void>;
}

export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Port: sends one request and gives the status of its answer. Rejects where there is none, and when the signal aborts. */
export interface WebhookSender {
  post(request: WebhookRequest, signal: AbortSignal): Promise<number>;
}

export interface KeyAudit {
  /** On disk when it resolves; rejects with `audit_unavailable`. */
  append(entry: AuditEntry): Promise<unknown>;
  record(entry: AuditEntry): void;
}
