import { createContext, useContext, type ReactNode } from 'react';
import { type ActivityStore, createActivityStore } from './activity-store.ts';
import type { KernelClient } from './kernel-client.ts';
import { createNoticesStore, type NoticesStore } from './notices-store.ts';
import { createSessionsStore, type SessionsStore } from './sessions-store.ts';
import { createSettingsStore, type SettingsStore } from './settings-store.ts';
import { createWorkbenchStore, type WorkbenchStore } from './workbench-store.ts';

/** What every feature may use. */
export interface Services {
  readonly client: KernelClient;
  readonly notices: NoticesStore;
  readonly activity: ActivityStore;
  readonly settings: SettingsStore;
  readonly sessions: SessionsStore;
  readonly workbench: WorkbenchStore;
}

export function createServices(client: KernelClient): Services {
  const notices = createNoticesStore();
  const settings = createSettingsStore({ client, onFailure: notices.fail });
  const workbench = createWorkbenchStore();
  const sessions = createSessionsStore({
    client,
    onFailure: notices.fail,
    onOpened: (session) => void settings.remember(session.workspace),
  });
  return { client, notices, activity: createActivityStore(), settings, sessions, workbench };
}

const ServicesContext = createContext<Services | undefined>(undefined);

export function ServicesProvider({
  services,
  children,
}: {
  readonly services: Services;
  readonly children: ReactNode;
}) {
  return <ServicesContext.Provider value={services}>{children}</ServicesContext.Provider>;
}

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === undefined) throw new Error('Cannot render: there is no ServicesProvider above');
  return services;
}
