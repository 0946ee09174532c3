import type { DockviewApi, IDockviewPanel } from 'dockview-react';

/** The panel whose tab this is, or is in. */
export function panelOfTab(target: EventTarget | null, api: DockviewApi): IDockviewPanel | undefined {
  if (!(target instanceof Element)) return undefined;
  // The keyboard speaks to the tab, the mouse to what is in it.
  const tab = target.closest('.dv-tab')?.querySelector<HTMLElement>('[data-panel-id]');
  return tab?.dataset.panelId === undefined ? undefined : api.getPanel(tab.dataset.panelId);
}

/**
 * What a command about a panel is about: the panel whose tab has the focus, or else the one in front. A tab that was pressed has
 * the focus at once, and comes to the front a frame later.
 */
export function chosenPanel(api: DockviewApi): IDockviewPanel | undefined {
  return panelOfTab(document.activeElement, api) ?? api.activePanel;
}
