import { lazy, type ReactNode, Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { Session, TerminalId } from '../../schema/entities.ts';
import { useServices } from '../app/services.tsx';
import type { Detached } from '../app/window-slot.ts';
import { askWindow } from '../app/window-wishes.ts';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Pending } from '../ui/pending.tsx';
import { withPercent } from './dock-layout.ts';
import { DockContentProvider, dockComponents, useDockContent } from './dock-panels.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { messages } from './messages.ts';
import { Notices } from './notices.tsx';
import { Overlays } from './overlays.tsx';
import type { ShellStores } from './shell-stores.ts';
import { useStartMarks } from './use-start-marks.ts';
import { usePassWishesOn } from './use-window-wishes.ts';
import './shell.css';

const TerminalPane = lazy(async () => ({
  default: (await import('../features/terminals/terminal-pane.tsx')).TerminalPane,
}));

export interface DetachedWindowProps {
  readonly stores: ShellStores;
  readonly detached: Detached;
}

/** A window for one panel: the same panel, of the same kernel, with a page of its own. Closing it puts the panel back. */
export function DetachedWindow({ stores, detached }: DetachedWindowProps) {
  useStartMarks();
  usePassWishesOn(detached);
  const onTool = useCallback((tool: string) => askWindow(detached.from, { show: 'tool', tool }), [detached]);
  return (
    <div className="shell">
      <div className="shell-body">
        <div className="shell-main" data-region="work">
          <ErrorBoundary>
            <Content stores={stores} detached={detached} />
          </ErrorBoundary>
        </div>
      </div>
      <div className="corner" data-region="corner">
        <Notices />
      </div>
      <Overlays onTool={onTool} />
    </div>
  );
}

function Content({ stores: shell, detached }: DetachedWindowProps): ReactNode {
  const { sessions } = useServices();
  const { sessions: list, loaded, kernelFailure } = useStore(sessions.store);
  const session = list.find(({ id }) => id === detached.session);
  useEffect(() => {
    // With its session it is gone for good.
    if (loaded && session === undefined) window.close();
  }, [loaded, session]);
  const stores = useMemo(() => shell.ofSession(detached.session), [shell, detached]);
  const content = useMemo(() => session && { session, stores, shell }, [session, stores, shell]);
  if (kernelFailure !== undefined) return <FailureNotice failure={kernelFailure} />;
  if (content === undefined) return <Pending />;
  return (
    <DockContentProvider value={content}>
      <Panel id={detached.panel} session={content.session} />
    </DockContentProvider>
  );
}

const TERMINAL = 'terminal:';

function Panel({ id, session }: { readonly id: string; readonly session: Session }) {
  // The rest of such a name is a terminal's.
  const terminal = id.startsWith(TERMINAL) ? (id.slice(TERMINAL.length) as TerminalId) : undefined;
  const titles: Readonly<Record<string, string>> = messages.panels;
  const components: Readonly<Record<string, (() => ReactNode) | undefined>> = panels;
  const [title, setTitle] = useState(titles[id] ?? messages.terminal(1));
  const whole = `${title} – ${session.name}`;
  useEffect(() => {
    document.title = `${whole} – ${messages.product}`;
  }, [whole]);
  const Component = components[id];
  return (
    <main className="shell-view" aria-label={whole}>
      <h1 className="visually-hidden">{whole}</h1>
      {terminal !== undefined ? <Terminal terminal={terminal} onTitle={setTitle} /> : null}
      {Component === undefined ? null : <Component />}
    </main>
  );
}

const { tools, changes, approvals, audit, sandbox } = dockComponents;
const panels = { tools, changes, approvals, audit, sandbox };

interface TerminalProps {
  readonly terminal: TerminalId;
  readonly onTitle: (title: string) => void;
}

function Terminal({ terminal, onTitle }: TerminalProps) {
  const { session, stores } = useDockContent();
  useEffect(() => {
    void stores.terminals.load();
  }, [stores]);
  const openAnother = async (): Promise<void> => {
    await stores.terminals.open();
    window.close();
  };
  const close = async (): Promise<void> => {
    await stores.terminals.close(terminal);
    window.close();
  };
  return (
    <Suspense fallback={<Pending />}>
      <TerminalPane
        terminal={terminal}
        terminals={stores.terminals}
        workspace={session.workspace}
        active
        onTitle={(title, percent) => onTitle(withPercent(title || messages.terminal(1), percent))}
        onOpenAnother={() => void openAnother()}
        onClose={() => void close()}
      />
    </Suspense>
  );
}
