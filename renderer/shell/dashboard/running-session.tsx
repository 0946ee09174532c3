import { FileDiff } from 'lucide-react';
import { useStore } from 'zustand';
import type { Session } from '../../../schema/entities.ts';
import { useServices } from '../../app/services.tsx';
import { ordinaryChanges } from '../../features/changes/change-rows.ts';
import { SessionStateMark } from '../../features/sessions/session-state.tsx';
import { UsageMeters } from '../../features/sandboxes/usage-meters.tsx';
import { Button } from '../../ui/button.tsx';
import type { PanelName } from '../../app/workbench-store.ts';
import type { ShellStores } from '../shell-stores.ts';
import { messages } from './messages.ts';

/** Several are measured at a time, in a page that is often left open. */
const EVERY_SECONDS = 5;

export interface RunningSessionProps {
  readonly session: Session;
  readonly stores: ShellStores;
}

/** A session that runs: what it uses, over the last minute, and what it changed. */
export function RunningSession({ session, stores }: RunningSessionProps) {
  const { sessions, workbench } = useServices();
  const changed = useStore(stores.ofSession(session.id).changes.store, (state) =>
    state.changes === undefined ? undefined : ordinaryChanges(state.changes).length,
  );
  const open = (panel?: PanelName): void => {
    sessions.select(session.id);
    workbench.show('session');
    if (panel !== undefined) workbench.reveal(panel);
  };
  return (
    <li className="dashboard-card" data-session={session.id}>
      <div className="dashboard-card-head">
        <SessionStateMark state={session.state} />
        <span className="dashboard-name truncate">{session.name}</span>
        <span className="dashboard-path truncate mono" title={session.workspace}>
          {session.workspace}
        </span>
        <Button size="small" icon={FileDiff} onClick={() => open('changes')}>
          {changed === undefined || changed === 0 ? messages.noChanges : messages.changes(changed)}
        </Button>
        <Button size="small" tone="primary" onClick={() => open()}>
          {messages.open}
        </Button>
      </div>
      <div className="dashboard-usage">
        <UsageMeters key={session.sandbox} session={session.id} everySeconds={EVERY_SECONDS} />
      </div>
    </li>
  );
}
