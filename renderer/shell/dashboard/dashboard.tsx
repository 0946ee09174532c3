import { FolderPlus, Command as CommandKey, Keyboard, type LucideIcon, Settings2 } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { Session } from '../../../schema/entities.ts';
import { useKeys } from '../../app/commands/use-keys.ts';
import { useServices } from '../../app/services.tsx';
import { SessionStateMark } from '../../features/sessions/session-state.tsx';
import { Button } from '../../ui/button.tsx';
import type { ShellStores } from '../shell-stores.ts';
import { messages } from './messages.ts';
import { RunningSession } from './running-session.tsx';
import { Waiting } from './waiting.tsx';
import './dashboard.css';

/** More than these are listed in the rail; each that is shown here is measured every few seconds. */
const RUNNING_LIMIT = 4;
const RECENT_LIMIT = 5;

/** The page one comes home to: what waits, what runs and what it costs, what was open last. */
export function Dashboard({ stores }: { readonly stores: ShellStores }) {
  const { sessions } = useServices();
  const list = useStore(sessions.store, (state) => state.sessions);
  const running = list.filter(({ state }) => state === 'running');
  const shown = running.slice(0, RUNNING_LIMIT);
  const resting = list.filter(({ state }) => state === 'stopped').slice(0, RECENT_LIMIT);
  useChangeCounts(stores, shown.map(({ id }) => id).join(' '));
  return (
    <main className="dashboard">
      <div className="dashboard-page">
        <h1>{messages.title}</h1>
        <Waiting stores={stores} running={shown} />
        <section aria-labelledby="dashboard-running">
          <h2 id="dashboard-running">{messages.running}</h2>
          {running.length === 0 ? <p className="muted">{messages.noneRunning}</p> : null}
          <ul className="dashboard-cards">
            {shown.map((session) => (
              <RunningSession key={session.id} session={session} stores={stores} />
            ))}
          </ul>
          {running.length > shown.length ? (
            <p className="muted">{messages.more(running.length - shown.length)}</p>
          ) : null}
        </section>
        <div className="dashboard-columns">
          <Resting sessions={resting} />
          <QuickActions />
        </div>
      </div>
    </main>
  );
}

/** How much each changed is asked for once, when the page is shown. */
function useChangeCounts(stores: ShellStores, ids: string): void {
  const { sessions } = useServices();
  useEffect(() => {
    const wait = requestIdleCallback(() => {
      const shown = ids.split(' ');
      for (const { id } of sessions.store.getState().sessions) {
        if (shown.includes(id)) void stores.ofSession(id).changes.load();
      }
    });
    return () => cancelIdleCallback(wait);
  }, [sessions, stores, ids]);
}

function Resting({ sessions: resting }: { readonly sessions: readonly Session[] }) {
  const { sessions, settings, workbench } = useServices();
  const folders = useStore(settings.store, (state) => state.settings?.recentWorkspaces ?? NONE);
  const inUse = new Set(useStore(sessions.store, (state) => state.sessions).map(({ workspace }) => workspace));
  const others = folders.filter((folder) => !inUse.has(folder)).slice(0, RECENT_LIMIT);
  const open = (session: Session): void => {
    sessions.select(session.id);
    workbench.show('session');
  };
  if (resting.length === 0 && others.length === 0) return null;
  return (
    <section aria-labelledby="dashboard-recent">
      <h2 id="dashboard-recent">{resting.length === 0 ? messages.folders : messages.recent}</h2>
      <ul className="dashboard-rows">
        {resting.map((session) => (
          <li key={session.id} className="dashboard-row">
            <SessionStateMark state={session.state} />
            <span className="dashboard-name truncate">{session.name}</span>
            <span className="dashboard-path truncate mono" title={session.workspace}>
              {session.workspace}
            </span>
            <Button size="small" onClick={() => open(session)}>
              {messages.open}
            </Button>
            <Button
              size="small"
              onClick={() => {
                open(session);
                void sessions.resume(session.id);
              }}
            >
              {messages.resume}
            </Button>
          </li>
        ))}
        {others.map((folder) => (
          <li key={folder} className="dashboard-row">
            <span className="dashboard-path truncate mono" title={folder}>
              {folder}
            </span>
            <Button size="small" title={messages.startIn(folder)} onClick={() => void sessions.create(folder)}>
              {messages.start}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

const NONE: readonly string[] = [];

function QuickActions() {
  const { workbench } = useServices();
  return (
    <section aria-labelledby="dashboard-actions">
      <h2 id="dashboard-actions">{messages.actions}</h2>
      <ul className="dashboard-actions">
        <QuickAction icon={FolderPlus} command="view.open" onClick={() => workbench.show('open')}>
          {messages.openFolder}
        </QuickAction>
        <QuickAction icon={CommandKey} command="window.palette" onClick={() => workbench.open('palette')}>
          {messages.allCommands}
        </QuickAction>
        <QuickAction icon={Keyboard} command="window.keys" onClick={() => workbench.open('keys')}>
          {messages.keys}
        </QuickAction>
        <QuickAction icon={Settings2} command="view.settings" onClick={() => workbench.show('settings')}>
          {messages.settings}
        </QuickAction>
      </ul>
    </section>
  );
}

interface QuickActionProps {
  readonly icon: LucideIcon;
  readonly command: string;
  readonly onClick: () => void;
  readonly children: string;
}

function QuickAction({ icon: Icon, command, onClick, children }: QuickActionProps) {
  const keys = useKeys(command);
  return (
    <li>
      <button type="button" className="dashboard-action" aria-keyshortcuts={keys?.forReaders} onClick={onClick}>
        <Icon size={15} aria-hidden />
        <span className="grow">{children}</span>
        {keys === undefined ? null : (
          <kbd className="key-chord" aria-hidden>
            {keys.label}
          </kbd>
        )}
      </button>
    </li>
  );
}
