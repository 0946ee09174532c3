import { createContext, useContext, type ReactNode } from 'react';
import { ActivityStore } from './activity-store.ts';
import { CommandsStore } from './commands/commands-store.ts';
import type { KernelClient } from './kernel-client.ts';
import { NoticesStore } from './notices-store.ts';
import { SessionsStore } from './sessions-store.ts';
import { SettingsStore } from './settings-store.ts';
import { WorkbenchStore } from './workbench-store.ts';

/** What every feature may use. */
export interface Services {
  readonly client: KernelClient;
  readonly notices: NoticesStore;
  readonly activity: ActivityStore;
  readonly commands: CommandsStore;
  readonly settings: SettingsStore;
  readonly sessions: SessionsStore;
  readonly workbench: WorkbenchStore;
}

export function createServices(client: KernelClient): Services {
  const notices = new NoticesStore();
  const settings = new SettingsStore({ client, onFailure: notices.fail, onLanguage: () => location.reload() });
  const workbench = new WorkbenchStore();
  const sessions = new SessionsStore({
    client,
    onFailure: notices.fail,
    onOpened: (session) => void settings.remember(session.workspace),
  });
  const commands = new CommandsStore();
  settings.store.subscribe((state, former) => {
    if (state.settings && state.settings.shortcuts !== former.settings?.shortcuts) {
      commands.choose(state.settings.shortcuts);
    }
  });
  return { client, notices, activity: new ActivityStore(), commands, settings, sessions, workbench };
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
