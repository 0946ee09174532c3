import { createStore } from 'zustand/vanilla';

/** The panels that every session has beside its terminals. */
export const PANELS = ['tools', 'changes', 'approvals', 'audit'] as const;
export type PanelName = (typeof PANELS)[number];

/** What fills the work area: a session's panels, the start page, or one panel alone while no session is open. */
export type View = 'home' | 'session' | 'approvals' | 'audit';

interface WorkbenchState {
  readonly view: View;
  /** A panel that somebody wants to see; counted, so that asking twice is two wishes. */
  readonly wanted: { readonly panel: PanelName | 'terminal'; readonly count: number } | undefined;
  readonly railCollapsed: boolean;
}

export type WorkbenchStore = ReturnType<typeof createWorkbenchStore>;

/** Where the person is. Features ask for a panel here; the shell, which knows the layout, brings it to the front. */
export function createWorkbenchStore() {
  const store = createStore<WorkbenchState>(() => ({ view: 'home', wanted: undefined, railCollapsed: false }));
  return {
    store,
    show: (view: View): void => store.setState({ view }),
    toggleRail: (): void => store.setState(({ railCollapsed }) => ({ railCollapsed: !railCollapsed })),
    reveal(panel: PanelName | 'terminal'): void {
      const { view, wanted } = store.getState();
      if (view === 'session') store.setState({ wanted: { panel, count: (wanted?.count ?? 0) + 1 } });
      else if (panel === 'approvals' || panel === 'audit') store.setState({ view: panel });
    },
  };
}
