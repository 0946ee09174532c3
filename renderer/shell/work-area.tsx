import { type DockviewApi, DockviewReact, type DockviewTheme } from 'dockview-react';
import 'dockview-react/dist/styles/dockview.css';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Session } from '../../schema/entities.ts';
import { useServices } from '../app/services.tsx';
import { layoutPlace } from '../app/window-slot.ts';
import { chosenPanel, panelOfTab } from './chosen-panel.ts';
import {
  buildDefaultLayout,
  restoreLayout,
  revealPanel,
  syncTerminals,
  toggleFloating,
  toggleMaximized,
} from './dock-layout.ts';
import { DockContentProvider, dockComponents } from './dock-panels.tsx';
import { closePanel, DockTab } from './dock-tab.tsx';
import { mendFloating } from './mend-floating.ts';
import type { SessionStores } from './session-stores.ts';
import type { ShellStores } from './shell-stores.ts';
import { useTabMenu } from './tab-menu.tsx';
import { useDetachedPanels } from './use-detached-panels.ts';
import './work-area.css';

const THEME: DockviewTheme = {
  name: 'cavern',
  className: 'dock-theme',
  dndOverlayMounting: 'absolute',
  dndPanelOverlay: 'group',
  dndTabIndicator: 'line',
};

export interface WorkAreaProps {
  readonly session: Session;
  readonly stores: SessionStores;
  readonly shell: ShellStores;
  /** Counts requests to lay the panels out as they were in the beginning. */
  readonly resets: number;
}

/** The panels of one session: they can be moved, split, closed and brought back; where they are is kept by workspace. */
export function WorkArea({ session, stores, shell, resets }: WorkAreaProps) {
  const [api, setApi] = useState<DockviewApi>();
  useSavedLayout(api, session, resets);
  const away = useDetachedPanels({ api, session, shell, stores, resets });
  useTerminalPanels({ api, session, stores, resets, away });
  useChangeCount(session, stores);
  useReveal({ api, session, shell, away });
  useMaximized(api);
  useFloating(api);
  const tabMenu = useTabMenu({ api, session, shell, stores });
  const dock = useRef<HTMLDivElement>(null);
  useEffect(() => (dock.current === null ? undefined : mendFloating(dock.current)), []);
  const content = useMemo(() => ({ session, stores, shell }), [session, stores, shell]);
  return (
    <DockContentProvider value={content}>
      <div
        className="dock"
        ref={dock}
        role="presentation"
        onKeyDown={(event) => onDockKey(event, api, stores)}
        onContextMenu={tabMenu.onContextMenu}
      >
        <DockviewReact
          theme={THEME}
          components={dockComponents}
          defaultTabComponent={DockTab}
          floatingGroupBounds="boundedWithinViewport"
          onReady={(event) => setApi(event.api)}
        />
        {tabMenu.menu}
      </div>
    </DockContentProvider>
  );
}

/** Ctrl+Page Down and Ctrl+Page Up go through the panels; the Delete key on a tab closes its panel. */
function onDockKey(event: KeyboardEvent, api: DockviewApi | undefined, stores: SessionStores): void {
  if (api === undefined) return;
  if (event.ctrlKey && event.key === 'PageDown') api.activateNext({ includePanel: true });
  if (event.ctrlKey && event.key === 'PageUp') api.activatePrevious({ includePanel: true });
  const panel = event.key === 'Delete' ? panelOfTab(event.target, api) : undefined;
  if (panel) closePanel(panel.api, panel.params ?? {}, stores);
}

function useSavedLayout(api: DockviewApi | undefined, session: Session, resets: number): void {
  const { settings } = useServices();
  const { workspace } = session;
  useEffect(() => {
    if (api === undefined) return undefined;
    const place = layoutPlace(workspace);
    const saved = settings.layoutOf(place) ?? settings.layoutOf(workspace);
    if (resets > 0 || !restoreLayout(api, saved)) buildDefaultLayout(api);
    const listener = api.onDidLayoutChange(() => {
      if (api.totalPanels > 0) settings.saveLayout(place, api.toJSON());
    });
    return () => listener.dispose();
  }, [api, workspace, settings, resets]);
}

interface TerminalPanels {
  readonly api: DockviewApi | undefined;
  readonly session: Session;
  readonly stores: SessionStores;
  readonly resets: number;
  readonly away: ReadonlySet<string>;
}

/** The terminals that the kernel knows, also those that ended; a running session has one to begin with. */
function useTerminalPanels({ api, session, stores, resets, away }: TerminalPanels): void {
  const { terminals } = stores;
  const { loaded, terminals: list } = useStore(terminals.store);
  const isRunning = session.state === 'running';
  useEffect(() => {
    void terminals.load().then(async () => {
      const { loaded: known, opening, terminals: there } = terminals.store.getState();
      const isAnyOpen = there.some((terminal) => terminal.state === 'open');
      if (isRunning && known && !opening && !isAnyOpen) await terminals.open();
    });
  }, [terminals, isRunning]);
  useEffect(() => {
    if (api !== undefined && loaded) syncTerminals(api, list, away);
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- a reset takes the terminals' panels away
  }, [api, loaded, list, resets, away]);
}

/** The tab of the changes counts them before they are looked at, and whenever something ended that may have changed files. */
function useChangeCount(session: Session, { changes }: SessionStores): void {
  const { activity } = useServices();
  const ended = useStore(activity.store, (state) => state.ended[session.id] ?? 0);
  useEffect(() => {
    const wait = requestIdleCallback(() => void changes.loadForCount());
    return () => cancelIdleCallback(wait);
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- what ended and the session's state are the occasions
  }, [changes, ended, session.state]);
}

interface Reveal extends Pick<WorkAreaProps, 'session' | 'shell'> {
  readonly api: DockviewApi | undefined;
  readonly away: ReadonlySet<string>;
}

/** A panel that has a window of its own is shown there. */
function useReveal({ api, session, shell, away }: Reveal): void {
  const { workbench } = useServices();
  useEffect(() => {
    if (api === undefined) return undefined;
    const grant = (): void => {
      const panel = workbench.takeWish();
      if (panel === undefined) return;
      if (away.has(panel)) void shell.detached.detach(session.id, panel);
      else revealPanel(api, panel);
    };
    grant();
    return workbench.store.subscribe(grant);
  }, [api, workbench, session.id, shell, away]);
}

function useFloating(api: DockviewApi | undefined): void {
  const { workbench } = useServices();
  useEffect(() => {
    if (api === undefined) return undefined;
    return workbench.store.subscribe(({ wantedFloating }, former) => {
      if (wantedFloating !== former.wantedFloating) toggleFloating(api, chosenPanel(api));
    });
  }, [api, workbench]);
}

function useMaximized(api: DockviewApi | undefined): void {
  const { workbench } = useServices();
  useEffect(() => {
    if (api === undefined) return undefined;
    const tell = (): void => workbench.setRoom(api.hasMaximizedGroup() ? 'one panel' : 'shared');
    tell();
    const listener = api.onDidMaximizedGroupChange(tell);
    const stop = workbench.store.subscribe(({ wantedSize }, former) => {
      if (wantedSize !== undefined && wantedSize !== former.wantedSize) toggleMaximized(api, wantedSize.panel);
    });
    return () => {
      listener.dispose();
      stop();
    };
  }, [api, workbench]);
}
