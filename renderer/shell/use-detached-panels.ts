import type { DockviewApi, IDockviewPanel } from 'dockview-react';
import { useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import type { Session } from '../../schema/entities.ts';
import { useServices } from '../app/services.tsx';
import { PANELS } from '../app/workbench-store.ts';
import { chosenPanel } from './chosen-panel.ts';
import { isTerminal, revealPanel, syncTerminals, titleOf } from './dock-layout.ts';
import type { SessionStores } from './session-stores.ts';
import type { ShellStores } from './shell-stores.ts';

export interface DetachedPanelsOptions {
  readonly api: DockviewApi | undefined;
  readonly session: Session;
  readonly shell: ShellStores;
  readonly stores: SessionStores;
  /** Counts how often the layout was made anew, with all panels. */
  readonly resets: number;
}

/** Where a panel was, for when it comes back. */
interface FormerPlace {
  readonly group: string;
  readonly index: number;
  /** Of a terminal: its number, and the name that a person gave it. */
  readonly params: IDockviewPanel['params'];
}

/** The names of the session's panels that have windows of their own. They leave this one, and come back when those are closed. */
export function useDetachedPanels({ api, session, shell, stores, resets }: DetachedPanelsOptions): ReadonlySet<string> {
  const { workbench } = useServices();
  const all = useStore(shell.detached.store, (state) => state.panels);
  const away = useMemo(
    () => new Set(all.filter((one) => one.session === session.id).map(({ panel }) => panel)),
    [all, session.id],
  );
  const places = useRef(new Map<string, FormerPlace>());
  useEffect(() => {
    if (api === undefined) return;
    for (const id of away) {
      const panel = api.getPanel(id);
      if (panel === undefined) continue;
      const index = panel.group.panels.indexOf(panel);
      places.current.set(id, { group: panel.group.id, index, params: panel.params });
      api.removePanel(panel);
    }
    for (const id of shell.detached.takeReturning(session.id)) {
      const place = places.current.get(id);
      places.current.delete(id);
      void bringBack({ api, stores, away }, id).then((panel) => panel && putBack(api, panel, place));
    }
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- a reset brings all panels back
  }, [api, session.id, shell, away, stores, resets]);
  useEffect(() => {
    if (api === undefined) return undefined;
    return workbench.store.subscribe(({ wantedDetached }, former) => {
      const panel = wantedDetached === former.wantedDetached ? undefined : chosenPanel(api);
      if (panel) void shell.detached.detach(session.id, panel.id);
    });
  }, [api, workbench, shell, session.id]);
  return away;
}

interface Return {
  readonly api: DockviewApi;
  readonly stores: SessionStores;
  /** Those that stay where they are. */
  readonly away: ReadonlySet<string>;
}

/** Undefined where it is gone: its terminal was closed meanwhile. */
async function bringBack({ api, stores, away }: Return, id: string): Promise<IDockviewPanel | undefined> {
  const name = PANELS.find((panel) => panel === id);
  if (name !== undefined) revealPanel(api, name);
  else {
    await stores.terminals.load();
    syncTerminals(api, stores.terminals.store.getState().terminals, away);
  }
  return api.getPanel(id);
}

/** Without a place – it was away already when the window came – it stays where it was added. */
function putBack(api: DockviewApi, panel: IDockviewPanel, place: FormerPlace | undefined): void {
  const { group: id, index = 0, params } = place ?? {};
  if (isTerminal(panel) && params !== undefined) {
    panel.api.updateParameters(params);
    panel.setTitle(titleOf(params));
  }
  const group = api.groups.find((one) => one.id === id);
  if (group !== undefined) panel.api.moveTo({ group, index: Math.min(index, group.panels.length) });
  panel.api.setActive();
}
