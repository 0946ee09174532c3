import type { Task as TaskDocument } from '../../../schema/contract/task.ts';
import type { SessionId } from '../../../schema/entities.ts';
import type { AuditType } from '../../../schema/audit-record.ts';

/** Where tasks are kept that outlive their caller. */
export interface TaskStore {
  all(): TaskDocument[];
  put(task: TaskDocument): void;
  /** On disk when it resolves. */
  putSynced(task: TaskDocument): Promise<void>;
  delete(id: string): void;
}

/** The sandboxes, as far as tasks are paused in them. */
export interface PausableSandboxes {
  /** Tells the sandbox of a session that it is about to stand still. */
  settle(session: SessionId): Promise<void>;
  pause(session: SessionId): Promise<void>;
  unpause(session: SessionId): Promise<void>;
}

/** Does the work of a kept task: its call, as the policy lets it. Rejects with a Fault. */
export type PerformJob = (task: TaskDocument, signal: AbortSignal) => Promise<unknown>;

export interface SchedulerAudit {
  record(record: {
    type: AuditType;
    actor: string;
    session?: string;
    reason?: string;
    data?: Record<string, unknown>;
  }): void;
}
