import { contractShape } from 'virtual:contract-shape';
import type { Area } from '../../schema/contract/contract.ts';
import type { SessionId } from '../../schema/entities.ts';
import { DetachedStore } from '../app/detached-store.ts';
import type { Services } from '../app/services.tsx';
import { windowSlot } from '../app/window-slot.ts';
import { ApprovalsStore } from '../features/approvals/approvals-store.ts';
import { AuditStore } from '../features/audit/audit-store.ts';
import { messages as auditMessages } from '../features/audit/messages.ts';
import { createPolicyStores, type PolicyStores } from '../features/policy/policy-stores.ts';
import { createPluginStores, type PluginStores } from '../features/plugins/plugin-stores.ts';
import { GatewayStore } from '../features/gateway/gateway-store.ts';
import { LogsStore } from '../features/logs/logs-store.ts';
import { KeysStore } from '../features/gateway/keys-store.ts';
import { SchedulesStore } from '../features/tasks/schedules-store.ts';
import { TasksStore } from '../features/tasks/tasks-store.ts';
import type { TaskStores } from '../features/tasks/task-stores.ts';
import { DoctorStore } from '../features/welcome/doctor-store.ts';
import { createSessionStores, type SessionStores } from './session-stores.ts';

/** The features' stores, made in one place and handed to their views. */
export interface ShellStores {
  readonly approvals: ApprovalsStore;
  readonly audit: AuditStore;
  readonly detached: DetachedStore;
  readonly doctor: DoctorStore;
  readonly gateway: GatewayStore;
  readonly keys: KeysStore;
  readonly logs: LogsStore;
  readonly plugins: PluginStores;
  readonly policy: PolicyStores;
  readonly tasks: TaskStores;
  readonly ofSession: (session: SessionId) => SessionStores;
}

const AUDIT_HASH = '#audit?';
const AUDIT_FILTERS = 'cavern.audit-filters';

export function createShellStores(services: Services): ShellStores {
  const { client, notices, settings, workbench } = services;
  const audit = createAuditStore(services);
  workbench.store.subscribe(({ wantedRecords }, former) => {
    if (wantedRecords && wantedRecords !== former.wantedRecords) audit.setFilters(wantedRecords.filters);
  });
  return {
    approvals: new ApprovalsStore({ client, onFailure: notices.fail }),
    audit,
    detached: new DetachedStore({ client, slot: windowSlot, onFailure: notices.fail }),
    doctor: new DoctorStore(client),
    gateway: new GatewayStore(client),
    keys: new KeysStore({ client, onFailure: notices.fail }),
    logs: new LogsStore(client),
    plugins: createPluginStores({ client, settings, notices }),
    policy: createPolicyStores({ client, calls: contractCalls(), notices }),
    tasks: {
      tasks: new TasksStore({ client, onFailure: notices.fail }),
      schedules: new SchedulesStore({ client, onFailure: notices.fail }),
    },
    ofSession: createSessionStores(services),
  };
}

/** The filters are part of the page's address, and kept for the next start. */
function createAuditStore({ client, notices }: Services): AuditStore {
  return new AuditStore({
    client,
    memory: {
      read: () =>
        (location.hash.startsWith(AUDIT_HASH) ? location.hash.slice(AUDIT_HASH.length) : '') ||
        (localStorage.getItem(AUDIT_FILTERS) ?? ''),
      write: (query) => {
        localStorage.setItem(AUDIT_FILTERS, query);
        history.replaceState(null, '', query === '' ? location.pathname + location.search : AUDIT_HASH + query);
      },
    },
    onSaved: (file, records) => notices.tell(auditMessages.saved(file, records)),
  });
}

/** Everything that the kernel offers, by the names that the policy judges. */
function contractCalls(): string[] {
  return Object.values<Area>(contractShape).flatMap(({ name, members }) =>
    Object.keys(members).map((member) => `${name}.${member}`),
  );
}
