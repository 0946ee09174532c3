import type { DockviewApi, IDockviewPanel } from 'dockview-react';
import { useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import type { Session } from '../../schema/entities.ts';
import { useServices } from '../app/services.tsx';
import { PANELS } from '../app/workbench-store.ts';
import { revealPanel, syncTerminals } from './dock-layout.ts';
import type { SessionStores } from './session-stores.ts';
import type { ShellStores } from './shell-stores.ts';

export interface DetachedPanelsOptions {
  readonly api: DockviewApi | undefined;
  readonly session: Session;
  readonly shell: ShellStores;
  readonly stores: SessionStores;
}

/** Where a panel was, for when it comes back. */
interface FormerPlace {
  readonly group: string;
  readonly index: number;
}

/** The names of the session's panels that have windows of their own. They leave this one, and come back when those are closed. */
export function useDetachedPanels({ api, session, shell, stores }: DetachedPanelsOptions): ReadonlySet<string> {
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
      places.current.set(id, { group: panel.group.id, index: panel.group.panels.indexOf(panel) });
      api.removePanel(panel);
    }
    for (const [id, place] of places.current) {
      if (away.has(id)) continue;
      places.current.delete(id);
      void bringBack(api, id, stores).then((panel) => panel && putBack(api, panel, place));
    }
  }, [api, away, stores]);
  useEffect(() => {
    if (api === undefined) return undefined;
    return workbench.store.subscribe(({ wantedDetached }, former) => {
      const panel = api.activePanel;
      if (wantedDetached !== former.wantedDetached && panel) void shell.detached.detach(session.id, panel.id);
    });
  }, [api, workbench, shell, session.id]);
  return away;
}

/** Undefined where it is gone: its terminal was closed meanwhile. */
async function bringBack(api: DockviewApi, id: string, stores: SessionStores): Promise<IDockviewPanel | undefined> {
  const name = PANELS.find((panel) => panel === id);
  if (name !== undefined) revealPanel(api, name);
  else {
    await stores.terminals.load();
    syncTerminals(api, stores.terminals.store.getState().terminals, new Set());
  }
  return api.getPanel(id);
}

function putBack(api: DockviewApi, panel: IDockviewPanel, { group: id, index }: FormerPlace): void {
  const group = api.groups.find((one) => one.id === id);
  if (group !== undefined) panel.api.moveTo({ group, index: Math.min(index, group.panels.length) });
  panel.api.setActive();
}
