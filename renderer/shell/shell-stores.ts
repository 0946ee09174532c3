import type { SessionId } from '../../schema/entities.ts';
import type { Services } from '../app/services.tsx';
import { ApprovalsStore } from '../features/approvals/approvals-store.ts';
import { AuditStore } from '../features/audit/audit-store.ts';
import { DoctorStore } from '../features/welcome/doctor-store.ts';
import { createSessionStores, type SessionStores } from './session-stores.ts';
import { StatusStore } from './status-store.ts';

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
    approvals: new ApprovalsStore({ client, onFailure: notices.fail }),
    audit: new AuditStore(client),
    doctor: new DoctorStore(client),
    status: new StatusStore(client),
    ofSession: createSessionStores(services),
  };
}
