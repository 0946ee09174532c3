import type { AuditEntry } from '../../../schema/audit-record.ts';
import { Fault } from '../../../schema/fault.ts';
import { VirtualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { Secret } from '../../base/secret.ts';
import type { KeyRecord } from './key-record.ts';
import { Keys } from './keys.ts';
import type { LastUses, WebhookRequest } from './ports.ts';

export const DAY_MS = 24 * 60 * 60 * 1000;
export const START_MS = Date.UTC(2026, 0, 1);

/** What outlives a kernel: the disk, and the receiver of the webhook. */
export class KeyWorld {
  readonly clock = new VirtualClock(START_MS);
  readonly disk = new Map<string, KeyRecord>();
  readonly records: AuditEntry[] = [];
  readonly sent: WebhookRequest[] = [];
  readonly useWrites: LastUses[] = [];
  readonly sessions = new Set<string>();
  url: string | undefined;
  secret: Secret | undefined;
  isAuditWritable = true;
  /** Asked before each write; throws where it is to fail. */
  onWrite: (record: KeyRecord) => void | Promise<void> = () => undefined;
  /** What the receiver answers. */
  onPost: (request: WebhookRequest, signal: AbortSignal) => Promise<number> = async () => 204;

  configure(url: string | undefined, secret: string | undefined): void {
    this.url = url;
    this.secret = secret === undefined ? undefined : new Secret(secret);
  }

  /** A kernel on this disk. */
  open(): Promise<Keys> {
    return Keys.open({
      store: {
        all: () => [...this.disk.values()].map((record) => structuredClone(record)),
        put: async (record) => {
          await this.onWrite(record);
          this.disk.set(record.id, structuredClone(record));
        },
        delete: async (id) => void this.disk.delete(id),
      },
      lastUses: { all: () => this.useWrites.at(-1) ?? {}, put: (uses) => void this.useWrites.push(uses) },
      webhook: {
        url: () => this.url,
        secret: () => this.secret,
        change: async (url, secret) => {
          this.url = url;
          this.secret = url === undefined ? undefined : (secret ?? this.secret);
        },
      },
      sender: {
        post: async (request, signal) => {
          this.sent.push(request);
          return this.onPost(request, signal);
        },
      },
      audit: {
        append: async (entry) => {
          if (!this.isAuditWritable) throw new Fault('audit_unavailable', 'Cannot record: the log cannot be written');
          this.records.push(entry);
        },
        record: (entry) => void this.records.push(entry),
      },
      clock: this.clock,
      logger: silentLogger,
      isSession: (id) => this.sessions.has(id),
    });
  }
}

export function storageFailed(): Fault {
  return new Fault('storage_failed', 'Cannot store the document: the disk is full');
}

/** Lets everything run that waits for nothing but its turn. */
export async function settled(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
