import { createStore } from 'zustand/vanilla';
import type { AuditFilters } from '../../schema/contract/audit.ts';

/** The panels that every session has beside its terminals. */
export const PANELS = ['tools', 'changes', 'approvals', 'audit', 'sandbox'] as const;
export type PanelName = (typeof PANELS)[number];

/** What fills the work area: a session's panels, the page one comes home to, the page where a folder is opened, or one panel alone. */
export type View =
  | 'home'
  | 'open'
  | 'session'
  | 'approvals'
  | 'audit'
  | 'policy'
  | 'tasks'
  | 'plugins'
  | 'gateway'
  | 'logs'
  | 'settings';

/** What lies over the window: the palette, or the list of all keys. */
export type Overlay = 'palette' | 'keys';

/** Whether one panel fills the work area or all share it. */
export type Room = 'shared' | 'one panel';

interface WorkbenchState {
  readonly view: View;
  /** A panel that somebody wants to see; counted, so that asking twice is two wishes. */
  readonly wanted: { readonly panel: PanelName; readonly count: number } | undefined;
  /** The audit records that somebody wants to see; counted as well. */
  readonly wantedRecords: { readonly filters: AuditFilters; readonly count: number } | undefined;
  readonly railCollapsed: boolean;
  /** A panel that somebody wants to fill the work area, or no longer; counted. */
  readonly wantedSize: { readonly panel: PanelName; readonly count: number } | undefined;
  /** Counts how often somebody wanted the panel in front to lie over the others, or to go back among them. */
  readonly wantedFloating: number;
  /** Counts how often somebody wanted the panel in front to have a window of its own. */
  readonly wantedDetached: number;
  /** Told by the shell. */
  readonly room: Room;
  readonly overlay: Overlay | undefined;
  /** What had the focus when the overlay was asked for: it gets it back. */
  readonly opener: HTMLElement | undefined;
}

/** Where the person is. Features ask for a panel here; the shell, which knows the layout, brings it to the front. */
export class WorkbenchStore {
  readonly store = createStore<WorkbenchState>(() => ({
    view: 'home',
    wanted: undefined,
    wantedRecords: undefined,
    railCollapsed: false,
    wantedSize: undefined,
    wantedFloating: 0,
    wantedDetached: 0,
    room: 'shared',
    overlay: undefined,
    opener: undefined,
  }));

  #taken = 0;

  /** The panel that somebody wants to see; given once, so that a wish made before there were panels is granted later. */
  takeWish(): PanelName | undefined {
    const { wanted } = this.store.getState();
    if (wanted === undefined || wanted.count === this.#taken) return undefined;
    this.#taken = wanted.count;
    return wanted.panel;
  }

  show(view: View): void {
    this.store.setState({ view });
  }

  open(overlay: Overlay): void {
    const { activeElement } = document;
    this.store.setState({ overlay, opener: activeElement instanceof HTMLElement ? activeElement : undefined });
  }

  closeOverlay(): void {
    this.store.setState({ overlay: undefined });
  }

  toggleRail(): void {
    this.store.setState(({ railCollapsed }) => ({ railCollapsed: !railCollapsed }));
  }

  /** Makes room where there is little of it, and gives it back where there is enough again. */
  fitRail(width: 'narrow' | 'wide'): void {
    this.store.setState({ railCollapsed: width === 'narrow' });
  }

  /** Asks for all the room there is for a panel, or gives it back. */
  toggleMaximized(panel: PanelName): void {
    this.store.setState(({ wantedSize }) => ({ wantedSize: { panel, count: (wantedSize?.count ?? 0) + 1 } }));
  }

  /** Asks that the panel in front lies over the others, or goes back among them. */
  toggleFloating(): void {
    this.store.setState(({ wantedFloating }) => ({ wantedFloating: wantedFloating + 1 }));
  }

  /** Asks that the panel in front gets a window of its own; in that window, that it goes back. */
  detach(): void {
    this.store.setState(({ wantedDetached }) => ({ wantedDetached: wantedDetached + 1 }));
  }

  /** What became of it. */
  setRoom(room: Room): void {
    this.store.setState({ room });
  }

  /** Shows the audit records that pass these filters. */
  showRecords(filters: AuditFilters): void {
    this.store.setState(({ wantedRecords }) => ({
      wantedRecords: { filters, count: (wantedRecords?.count ?? 0) + 1 },
    }));
    this.reveal('audit');
  }

  reveal(panel: PanelName): void {
    const { view, wanted } = this.store.getState();
    if (view === 'session') this.store.setState({ wanted: { panel, count: (wanted?.count ?? 0) + 1 } });
    else if (panel === 'approvals' || panel === 'audit') this.store.setState({ view: panel });
  }
}
