import { type DockviewApi, DockviewReact, type DockviewTheme } from 'dockview-react';
import 'dockview-react/dist/styles/dockview.css';
import { type KeyboardEvent, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { Session } from '../../schema/entities.ts';
import { useServices } from '../app/services.tsx';
import { layoutPlace } from '../app/window-slot.ts';
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
import type { SessionStores } from './session-stores.ts';
import type { ShellStores } from './shell-stores.ts';
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
  useTerminalPanels({ api, session, stores, resets });
  useReveal(api);
  useMaximized(api);
  useFloating(api);
  const content = useMemo(() => ({ session, stores, shell }), [session, stores, shell]);
  return (
    <DockContentProvider value={content}>
      <div className="dock" role="presentation" onKeyDown={(event) => onDockKey(event, api, stores)}>
        <DockviewReact
          theme={THEME}
          components={dockComponents}
          defaultTabComponent={DockTab}
          floatingGroupBounds="boundedWithinViewport"
          onReady={(event) => setApi(event.api)}
        />
      </div>
    </DockContentProvider>
  );
}

/** Ctrl+Page Down and Ctrl+Page Up go through the panels; the Delete key on a tab closes its panel. */
function onDockKey(event: KeyboardEvent, api: DockviewApi | undefined, stores: SessionStores): void {
  if (api === undefined) return;
  if (event.ctrlKey && event.key === 'PageDown') api.activateNext({ includePanel: true });
  if (event.ctrlKey && event.key === 'PageUp') api.activatePrevious({ includePanel: true });
  if (event.key !== 'Delete' || !(event.target instanceof HTMLElement) || event.target.role !== 'tab') return;
  const id = event.target.querySelector<HTMLElement>('[data-panel-id]')?.dataset.panelId;
  const panel = id === undefined ? undefined : api.getPanel(id);
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
}

/** The terminals that the kernel knows, also those that ended; a running session has one to begin with. */
function useTerminalPanels({ api, session, stores, resets }: TerminalPanels): void {
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
    if (api !== undefined && loaded) syncTerminals(api, list);
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- a reset takes the terminals' panels away
  }, [api, loaded, list, resets]);
}

function useReveal(api: DockviewApi | undefined): void {
  const { workbench } = useServices();
  useEffect(() => {
    if (api === undefined) return undefined;
    const grant = (): void => {
      const panel = workbench.takeWish();
      if (panel !== undefined) revealPanel(api, panel);
    };
    grant();
    return workbench.store.subscribe(grant);
  }, [api, workbench]);
}

function useFloating(api: DockviewApi | undefined): void {
  const { workbench } = useServices();
  useEffect(() => {
    if (api === undefined) return undefined;
    return workbench.store.subscribe(({ wantedFloating }, former) => {
      if (wantedFloating !== former.wantedFloating) toggleFloating(api);
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
