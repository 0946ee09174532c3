import type { DockviewApi, DockviewPanelApi, IDockviewPanel } from 'dockview-react';
import type { TerminalsStore } from '../features/terminals/terminals-store.ts';

export interface SplitTerminalParts {
  readonly api: DockviewPanelApi;
  readonly containerApi: DockviewApi;
  readonly terminals: TerminalsStore;
}

/** Opens another terminal beside this one. */
export async function splitTerminal(
  { api, containerApi, terminals }: SplitTerminalParts,
  where: 'right' | 'below',
): Promise<void> {
  const opened = await terminals.open();
  if (opened === undefined) return;
  const id = `terminal:${opened.id}`;
  const move = (panel: IDockviewPanel): void =>
    panel.api.moveTo({ group: api.group, position: where === 'right' ? 'right' : 'bottom' });
  const there = containerApi.getPanel(id);
  if (there) return move(there);
  // Its panel is made when the window is drawn again.
  const listener = containerApi.onDidAddPanel((panel) => {
    if (panel.id !== id) return;
    listener.dispose();
    queueMicrotask(() => move(panel));
  });
}
