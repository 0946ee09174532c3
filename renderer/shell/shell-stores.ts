import type { SessionId } from '../../schema/entities.ts';
import type { Services } from '../app/services.tsx';
import { type ApprovalsStore, createApprovalsStore } from '../features/approvals/approvals-store.ts';
import { type AuditStore, createAuditStore } from '../features/audit/audit-store.ts';
import { createDoctorStore, type DoctorStore } from '../features/welcome/doctor-store.ts';
import { createSessionStores, type SessionStores } from './session-stores.ts';
import { createStatusStore, type StatusStore } from './status-store.ts';

/** The features' stores, made in one place and handed to their views. */
export interface ShellStores {
  readonly approvals: ApprovalsStore;
  readonly audit: AuditStore;
  readonly doctor: DoctorStore;
  readonly status: StatusStore;
  readonly ofSession: (session: SessionId) => SessionStores;
}

export function createShellStores(services: Services): ShellStores {
  const { client, notices } = services;
  return {
    approvals: createApprovalsStore({ client, onFailure: notices.fail }),
    audit: createAuditStore(client),
    doctor: createDoctorStore(client),
    status: createStatusStore(client),
    ofSession: createSessionStores(services),
  };
}
