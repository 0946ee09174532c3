import { RotateCcw } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useCallback, useEffect } from 'react';
import { useStore } from 'zustand';
import type { Failure } from '../../schema/entities.ts';
import { useServices } from '../app/services.tsx';
import { Welcome } from '../features/welcome/welcome.tsx';
import { rememberedSession, rememberSession } from '../app/window-slot.ts';
import { Button } from '../ui/button.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Pending } from '../ui/pending.tsx';
import { ChainBanner } from './chain-banner.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { messages } from './messages.ts';
import { Notices } from './notices.tsx';
import { Overlays } from './overlays.tsx';
import { Rail } from './rail.tsx';
import type { ShellStores } from './shell-stores.ts';
import { StatusBar } from './status-bar.tsx';
import { hadSessions, useStartMarks } from './use-start-marks.ts';
import { useWindowWishes } from './use-window-wishes.ts';
import { Wishes } from './wishes.tsx';
import './shell.css';

const ApprovalToast = lazy(async () => ({
  default: (await import('../features/approvals/approval-toast.tsx')).ApprovalToast,
}));
const SessionView = lazy(async () => ({ default: (await import('./session-view.tsx')).SessionView }));
const ApprovalsPanel = lazy(async () => ({
  default: (await import('../features/approvals/approvals-panel.tsx')).ApprovalsPanel,
}));
const PolicyPanel = lazy(async () => ({ default: (await import('../features/policy/policy-panel.tsx')).PolicyPanel }));
const TasksPanel = lazy(async () => ({ default: (await import('../features/tasks/tasks-panel.tsx')).TasksPanel }));
const PluginsPanel = lazy(async () => ({
  default: (await import('../features/plugins/plugins-panel.tsx')).PluginsPanel,
}));
const GatewayPanel = lazy(async () => ({
  default: (await import('../features/gateway/gateway-panel.tsx')).GatewayPanel,
}));
const AuditPanel = lazy(async () => ({ default: (await import('../features/audit/audit-panel.tsx')).AuditPanel }));

const SettingsPanel = lazy(async () => ({
  default: (await import('../features/settings/settings-panel.tsx')).SettingsPanel,
}));
const LogsPanel = lazy(async () => ({ default: (await import('../features/logs/logs-panel.tsx')).LogsPanel }));
const Dashboard = lazy(async () => ({ default: (await import('./dashboard/dashboard.tsx')).Dashboard }));

/** The whole window: rail, work area, status bar, and what speaks up in the corner. */
export function Shell({ stores }: { readonly stores: ShellStores }) {
  useShowSelected();
  useRestoredSession();
  useStartMarks();
  const tryTool = useTryTool(stores);
  useWindowWishes(tryTool);
  const { sessions } = useServices();
  // Without one every call fails for the same reason, which the work area tells.
  const hasKernel = useStore(sessions.store, (state) => state.kernelFailure === undefined);
  return (
    <div className="shell">
      <ChainBanner audit={stores.audit} />
      <div className="shell-body">
        <Rail stores={stores} />
        <div className="shell-main" data-region="work">
          <ErrorBoundary>
            <Suspense fallback={<Pending />}>
              <Main stores={stores} />
            </Suspense>
          </ErrorBoundary>
        </div>
      </div>
      <StatusBar stores={stores} />
      <Wishes approvals={stores.approvals} />
      <div className="corner" data-region="corner">
        {hasKernel ? <Notices /> : null}
        <Questions stores={stores} />
      </div>
      <Overlays onTool={tryTool} />
    </div>
  );
}

/** The oldest question in the corner; its code is loaded with the first. */
function Questions({ stores }: { readonly stores: ShellStores }) {
  const wasAsked = useStore(stores.approvals.store, (state) => state.approvals.length > 0);
  return (
    <div aria-live="polite">
      {wasAsked ? (
        <Suspense fallback={null}>
          <ApprovalToast approvals={stores.approvals} />
        </Suspense>
      ) : null}
    </div>
  );
}

function Main({ stores }: { readonly stores: ShellStores }) {
  const { sessions, workbench } = useServices();
  const tryTool = useTryTool(stores);
  const { sessions: list, loaded, selected, kernelFailure } = useStore(sessions.store);
  const view = useStore(workbench.store, (state) => state.view);
  const session = list.find((one) => one.id === selected);
  if (kernelFailure) return <NoKernel failure={kernelFailure} />;
  if (view === 'approvals') {
    return (
      <View label={messages.approvals}>
        <ApprovalsPanel approvals={stores.approvals} />
      </View>
    );
  }
  if (view === 'audit') {
    return (
      <View label={messages.audit}>
        <AuditPanel audit={stores.audit} />
      </View>
    );
  }
  if (view === 'policy') {
    return (
      <View label={messages.policy}>
        <PolicyPanel stores={stores.policy} />
      </View>
    );
  }
  if (view === 'tasks') {
    return (
      <View label={messages.tasks}>
        <TasksPanel stores={stores.tasks} />
      </View>
    );
  }
  if (view === 'plugins') {
    return (
      <View label={messages.plugins}>
        <PluginsPanel stores={stores.plugins} onTry={tryTool} />
      </View>
    );
  }
  if (view === 'gateway') {
    return (
      <View label={messages.gateway}>
        <GatewayPanel keys={stores.keys} gateway={stores.gateway} />
      </View>
    );
  }
  if (view === 'logs') {
    return (
      <View label={messages.logs}>
        <LogsPanel logs={stores.logs} />
      </View>
    );
  }
  if (view === 'settings') {
    return (
      <View label={messages.settings}>
        <SettingsPanel />
      </View>
    );
  }
  if (view === 'session' && session) return <SessionView key={session.id} session={session} shell={stores} />;
  if (view === 'home' && list.length > 0) return <Dashboard stores={stores} />;
  // Where there were sessions the last time, what is about to be shown is not the page of a first start.
  if (view === 'home' && !loaded && hadSessions()) return <main className="shell-view" aria-busy />;
  return <Welcome doctor={stores.doctor} />;
}

/** One panel that fills the work area. */
function View({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <main className="shell-view" aria-label={label}>
      <h1 className="visually-hidden">{label}</h1>
      {children}
    </main>
  );
}

/** Leads to a tool's form in the session that was shown last, or in any that runs. */
function useTryTool(stores: ShellStores): (tool: string) => void {
  const { sessions, workbench, notices } = useServices();
  return useCallback(
    (tool) => {
      const { sessions: list, selected } = sessions.store.getState();
      const session = list.find(({ id }) => id === selected) ?? list.find(({ state }) => state === 'running');
      if (session === undefined) {
        notices.tell(messages.needsSession);
        workbench.show('home');
        return;
      }
      sessions.select(session.id);
      stores.ofSession(session.id).tools.select(tool);
      workbench.show('session');
      workbench.reveal('tools');
    },
    [stores, sessions, workbench, notices],
  );
}

/** Without a kernel nothing works: why, what to do, and another try. */
function NoKernel({ failure }: { readonly failure: Failure }) {
  const retry = (
    <Button tone="primary" icon={RotateCcw} onClick={() => location.reload()}>
      {messages.retry}
    </Button>
  );
  return (
    <main className="no-kernel">
      <FailureNotice failure={failure} actions={retry} />
    </main>
  );
}

/** A session that was just opened is shown; when the one that was shown is gone, so is its view. */
function useShowSelected(): void {
  const { sessions, workbench } = useServices();
  useEffect(
    () =>
      sessions.store.subscribe(({ selected }, former) => {
        if (selected === former.selected) return;
        rememberSession(selected);
        if (selected !== undefined) workbench.show('session');
        else if (workbench.store.getState().view === 'session') workbench.show('home');
      }),
    [sessions, workbench],
  );
}

/** A window that was open when the program ended shows its session again, once the sessions are known. */
function useRestoredSession(): void {
  const { sessions } = useServices();
  const loaded = useStore(sessions.store, (state) => state.loaded);
  useEffect(() => {
    const wanted = loaded ? rememberedSession() : undefined;
    const session = sessions.store.getState().sessions.find(({ id }) => id === wanted);
    if (session !== undefined) sessions.select(session.id);
  }, [loaded, sessions]);
}
