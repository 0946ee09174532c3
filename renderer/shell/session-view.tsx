import { Ellipsis, LayoutPanelTop, Play, Plus } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useStore } from 'zustand';
import type { Session } from '../../schema/entities.ts';
import { useKeys } from '../app/commands/use-keys.ts';
import { sandboxOf } from '../app/sessions-store.ts';
import { useServices } from '../app/services.tsx';
import { PANELS } from '../app/workbench-store.ts';
import { SessionActions } from '../features/sessions/session-actions.tsx';
import { SessionStateLabel } from '../features/sessions/session-state.tsx';
import { StartView } from '../features/sessions/start-view.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Menu } from '../ui/menu.tsx';
import { messages } from './messages.ts';
import type { ShellStores } from './shell-stores.ts';
import './session-view.css';

const PortsButton = lazy(async () => ({
  default: (await import('../features/ports/ports-button.tsx')).PortsButton,
}));
const SecretsButton = lazy(async () => ({
  default: (await import('../features/secrets/secrets-button.tsx')).SecretsButton,
}));
const UsageMeters = lazy(async () => ({
  default: (await import('../features/sandboxes/usage-meters.tsx')).UsageMeters,
}));
const WorkArea = lazy(async () => ({ default: (await import('./work-area.tsx')).WorkArea }));

export interface SessionViewProps {
  readonly session: Session;
  readonly shell: ShellStores;
}

/** A session: how it starts, then its panels. */
export function SessionView({ session, shell }: SessionViewProps) {
  const { sessions, settings } = useServices();
  const sandboxes = useStore(sessions.store, (state) => state.sandboxes);
  const settingsLoaded = useStore(settings.store, (state) => state.loaded);
  const [resets, setResets] = useState(0);
  const stores = shell.ofSession(session.id);
  const { failure, pausedAt } = sandboxOf(sandboxes, session.id) ?? {};
  const isStart = session.state === 'starting' || session.state === 'failed';
  return (
    <main className="session-view" data-session={session.id} data-state={session.state}>
      <SessionHeader
        session={session}
        onNewTerminal={() => void stores.terminals.open()}
        onReset={() => setResets((count) => count + 1)}
      />
      {session.state === 'running' ? (
        <div className="session-usage">
          <Suspense fallback={null}>
            <UsageMeters key={session.sandbox} session={session.id} />
            <SecretsButton key={`secrets ${session.id}`} session={session} />
            <PortsButton key={`ports ${session.sandbox}`} session={session.id} />
          </Suspense>
        </div>
      ) : null}
      {session.state === 'stopped' ? <StoppedBanner session={session} /> : null}
      {session.state === 'running' && pausedAt !== undefined ? <PausedBanner session={session} /> : null}
      {session.state === 'running' && failure ? <FailureNotice failure={failure} compact /> : null}
      {isStart ? <StartView session={session} sandbox={sandboxOf(sandboxes, session.id)} /> : null}
      {isStart || !settingsLoaded ? null : (
        <Suspense fallback={null}>
          <WorkArea session={session} stores={stores} shell={shell} resets={resets} />
        </Suspense>
      )}
    </main>
  );
}

interface SessionHeaderProps {
  readonly session: Session;
  readonly onNewTerminal: () => void;
  readonly onReset: () => void;
}

function SessionHeader({ session, onNewTerminal, onReset }: SessionHeaderProps) {
  const { workbench } = useServices();
  const floatKeys = useKeys('panel.float');
  const detachKeys = useKeys('panel.detach');
  return (
    <header className="session-header">
      <h1 className="truncate">{session.name}</h1>
      <SessionStateLabel state={session.state} />
      <span className="session-path truncate mono selectable" title={session.workspace}>
        {session.workspace}
      </span>
      <span className="grow" />
      <Button size="small" icon={Plus} disabled={session.state !== 'running'} onClick={onNewTerminal}>
        {messages.newTerminal}
      </Button>
      <Menu
        trigger={<IconButton icon={LayoutPanelTop} label={messages.view} />}
        items={[
          ...PANELS.map((panel) => ({ label: messages.panels[panel], onSelect: () => workbench.reveal(panel) })),
          {
            label: messages.float,
            startsGroup: true,
            ...(floatKeys === undefined ? {} : { shortcut: floatKeys.label }),
            onSelect: () => workbench.toggleFloating(),
          },
          {
            label: messages.detach,
            ...(detachKeys === undefined ? {} : { shortcut: detachKeys.label }),
            onSelect: () => workbench.detach(),
          },
          { label: messages.resetLayout, onSelect: onReset },
        ]}
      />
      <SessionActions session={session} trigger={<IconButton icon={Ellipsis} label={messages.sessionMenu} />} />
    </header>
  );
}

function PausedBanner({ session }: { readonly session: Session }) {
  const { client, notices } = useServices();
  return (
    <div className="session-banner" role="status">
      <span className="grow">{messages.paused}</span>
      <Button
        size="small"
        tone="primary"
        icon={Play}
        onClick={() => void client.sandbox.resume({ session: session.id }).catch(notices.fail)}
      >
        {messages.goOn}
      </Button>
    </div>
  );
}

function StoppedBanner({ session }: { readonly session: Session }) {
  const { sessions } = useServices();
  return (
    <div className="session-banner" role="status">
      <span className="grow">{messages.stopped}</span>
      <Button size="small" tone="primary" icon={Play} onClick={() => void sessions.resume(session.id)}>
        {messages.resume}
      </Button>
    </div>
  );
}
