import type { IDockviewPanelProps } from 'dockview-react';
import { createContext, lazy, type ReactNode, Suspense, useContext, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { Session, TerminalId } from '../../schema/entities.ts';
import { AuditPanel } from '../features/audit/audit-panel.tsx';
import { Pending } from '../ui/pending.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { titleOf, withPercent } from './dock-layout.ts';
import { splitTerminal } from './split-terminal.ts';
import type { SessionStores } from './session-stores.ts';
import type { ShellStores } from './shell-stores.ts';

const ApprovalsPanel = lazy(async () => ({
  default: (await import('../features/approvals/approvals-panel.tsx')).ApprovalsPanel,
}));
const ChangesPanel = lazy(async () => ({
  default: (await import('../features/changes/changes-panel.tsx')).ChangesPanel,
}));
const SandboxPanel = lazy(async () => ({
  default: (await import('../features/sandboxes/sandbox-panel.tsx')).SandboxPanel,
}));
const TerminalPane = lazy(async () => ({
  default: (await import('../features/terminals/terminal-pane.tsx')).TerminalPane,
}));
const ToolsPanel = lazy(async () => ({ default: (await import('../features/tools/tools-panel.tsx')).ToolsPanel }));

export interface DockContent {
  readonly session: Session;
  readonly stores: SessionStores;
  readonly shell: ShellStores;
}

const DockContext = createContext<DockContent | undefined>(undefined);
export const DockContentProvider = DockContext.Provider;

export function useDockContent(): DockContent {
  const content = useContext(DockContext);
  if (content === undefined) throw new Error('Cannot render: a dock panel stands outside of a work area');
  return content;
}

/** What a terminal's panel is made with; it is part of the saved layout. */
export interface TerminalParams {
  readonly terminal: TerminalId;
  /** Among those of its layout; it is called by it until it has a name or a title. */
  readonly number?: number;
  /** What a person called it; its program's titles wait for as long. */
  readonly name?: string;
}

function Frame({ children }: { readonly children: ReactNode }) {
  return (
    <ErrorBoundary>
      <Suspense fallback={<Pending />}>{children}</Suspense>
    </ErrorBoundary>
  );
}

function Terminal({ api, containerApi, params }: IDockviewPanelProps<TerminalParams>) {
  const { session, stores } = useDockContent();
  const [active, setActive] = useState(api.isActive);
  useEffect(() => {
    const listener = api.onDidActiveChange((event) => setActive(event.isActive));
    return () => listener.dispose();
  }, [api]);
  return (
    <Frame>
      <TerminalPane
        terminal={params.terminal}
        terminals={stores.terminals}
        workspace={session.workspace}
        active={active}
        onSplit={(where) => void splitTerminal({ api, containerApi, terminals: stores.terminals }, where)}
        onTitle={(title, percent) => api.setTitle(withPercent(titleOf({ ...params }, title), percent))}
        onOpenAnother={() => void stores.terminals.open()}
        onClose={() => void stores.terminals.close(params.terminal)}
      />
    </Frame>
  );
}

function Tools() {
  const { session, stores, shell } = useDockContent();
  const approvals = useStore(shell.approvals.store, (state) => state.approvals);
  const waitingFor = useMemo(
    () => new Set(approvals.filter((one) => one.session === session.id).map((one) => one.syscall)),
    [approvals, session.id],
  );
  return (
    <Frame>
      <ToolsPanel session={session} tools={stores.tools} waitingFor={waitingFor} />
    </Frame>
  );
}

function Changes() {
  const { session, stores } = useDockContent();
  return (
    <Frame>
      <ChangesPanel session={session} changes={stores.changes} />
    </Frame>
  );
}

function Approvals() {
  const { session, shell } = useDockContent();
  return (
    <Frame>
      <ApprovalsPanel approvals={shell.approvals} session={session.id} />
    </Frame>
  );
}

function Audit() {
  const { shell } = useDockContent();
  return (
    <Frame>
      <AuditPanel audit={shell.audit} />
    </Frame>
  );
}

function SandboxView() {
  const { session } = useDockContent();
  return (
    <Frame>
      <SandboxPanel session={session} />
    </Frame>
  );
}

/** By the names that saved layouts use. */
export const dockComponents = {
  terminal: Terminal,
  tools: Tools,
  changes: Changes,
  approvals: Approvals,
  audit: Audit,
  sandbox: SandboxView,
};
