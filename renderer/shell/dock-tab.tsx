import type { DockviewPanelApi, IDockviewPanelHeaderProps } from 'dockview-react';
import {
  BellRing,
  Box,
  FileDiff,
  Hammer,
  type LucideIcon,
  ScrollText,
  ShieldQuestionMark,
  SquareTerminal,
  X,
} from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { ordinaryChanges } from '../features/changes/change-rows.ts';
import { type TerminalParams, useDockContent } from './dock-panels.tsx';
import type { SessionStores } from './session-stores.ts';
import { messages } from './messages.ts';

const ICONS: Readonly<Record<string, LucideIcon>> = {
  terminal: SquareTerminal,
  tools: Hammer,
  changes: FileDiff,
  approvals: ShieldQuestionMark,
  audit: ScrollText,
  sandbox: Box,
};

/** A tab: icon, title, a count where something waits. Closing a terminal's tab closes the terminal; the Delete key does the same (work-area.tsx). */
export function DockTab({ api, params }: IDockviewPanelHeaderProps<Partial<TerminalParams>>) {
  const { stores } = useDockContent();
  const [title, setTitle] = useState(api.title ?? '');
  useEffect(() => {
    const listener = api.onDidTitleChange((event) => setTitle(event.title));
    return () => listener.dispose();
  }, [api]);
  const hasRung = useStore(
    stores.terminals.store,
    ({ rang }) => params.terminal !== undefined && rang.has(params.terminal),
  );
  const Icon = ICONS[api.component] ?? SquareTerminal;
  const close = (): void => closePanel(api, params, stores);
  return (
    <div
      className="dock-tab"
      data-panel={api.component}
      data-panel-id={api.id}
      data-rang={hasRung || undefined}
      title={hasRung ? messages.rang : undefined}
      onAuxClick={(event) => (event.button === 1 ? close() : undefined)}
    >
      {hasRung ? <BellRing size={14} className="dock-tab-bell" aria-hidden /> : <Icon size={14} aria-hidden />}
      <span className="truncate">{title}</span>
      <Count panel={api.component} />
      <span
        className="dock-tab-close"
        aria-hidden
        title={messages.closeTab(title)}
        onPointerDown={(event) => event.stopPropagation()}
        onClick={(event) => {
          event.stopPropagation();
          close();
        }}
      >
        <X size={12} />
      </span>
    </div>
  );
}

/** A terminal's panel goes with its terminal. */
export function closePanel(api: DockviewPanelApi, params: Partial<TerminalParams>, stores: SessionStores): void {
  if (params.terminal === undefined) api.close();
  else void stores.terminals.close(params.terminal);
}

function Count({ panel }: { readonly panel: string }) {
  const { session, shell, stores } = useDockContent();
  const waiting = useStore(
    shell.approvals.store,
    (state) => state.approvals.filter((one) => one.session === session.id).length,
  );
  const changed = useStore(stores.changes.store, (state) => ordinaryChanges(state.changes).length);
  const count = panel === 'approvals' ? waiting : panel === 'changes' ? changed : 0;
  // Drawn from the attribute, as the tab already has its name; screen readers hear counts from the status bar.
  return count === 0 ? null : <span className="dock-tab-count" data-panel={panel} data-count={count} />;
}
