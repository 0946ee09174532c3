import type { DockviewApi, IDockviewPanel, SerializedDockview } from 'dockview-react';
import type { Terminal } from '../../schema/entities.ts';
import { PANELS, type PanelName } from '../app/workbench-store.ts';
import { messages } from './messages.ts';

const TERMINAL_SHARE = 0.42;

/** Panels above, terminals below. */
export function buildDefaultLayout(api: DockviewApi): void {
  api.clear();
  for (const panel of PANELS) addPanel(api, panel);
  api.getPanel(PANELS[0])?.api.setActive();
}

/** The layout as it was left; false where it cannot be used. */
export function restoreLayout(api: DockviewApi, saved: unknown): boolean {
  if (typeof saved !== 'object' || saved === null) return false;
  try {
    // What a layout is, dockview itself checks; anything else it refuses with an exception.
    api.fromJSON(saved as SerializedDockview);
    nameAnew(api);
    return api.totalPanels > 0;
  } catch {
    return false;
  }
}

/** A layout is kept with its titles; the window may speak another language by now. */
function nameAnew(api: DockviewApi): void {
  for (const panel of PANELS) api.getPanel(panel)?.setTitle(messages.panels[panel]);
  for (const panel of terminalPanels(api)) {
    // A layout of an earlier version has no numbers.
    if (numberOf(panel) === 0) panel.api.updateParameters({ ...panel.params, number: nextNumber(api) });
    panel.setTitle(titleOf(panel.params));
  }
}

/** The name that a person gave a terminal; empty where nobody did. */
export function nameOf({ params }: Pick<IDockviewPanel, 'params'>): string {
  return typeof params?.['name'] === 'string' ? params['name'] : '';
}

/** Names a terminal; without a name it has what its program calls it, or its number. */
export function renamePanel(panel: IDockviewPanel, name: string): void {
  panel.api.updateParameters({ ...panel.params, name });
  panel.setTitle(titleOf(panel.params));
}

/** What stands on a terminal's tab: the name a person gave it, what its program calls it, or its number. */
export function titleOf(params: IDockviewPanel['params'], fromProgram = ''): string {
  return nameOf({ params }) || fromProgram || messages.terminal(numberOf({ params }));
}

/** With how far the work is that is under way in it. */
export function withPercent(title: string, percent: number | undefined): string {
  return percent === undefined ? title : messages.percent(title, percent);
}

function numberOf({ params }: Pick<IDockviewPanel, 'params'>): number {
  return typeof params?.['number'] === 'number' ? params['number'] : 0;
}

/** Brings a panel to the front, and back where it was closed. */
export function revealPanel(api: DockviewApi, panel: PanelName): void {
  (api.getPanel(panel) ?? addPanel(api, panel)).api.setActive();
}

/** Gives a panel, with those behind it, the whole work area; or back to all where one has it. */
export function toggleMaximized(api: DockviewApi, panel: PanelName): void {
  if (api.hasMaximizedGroup()) api.exitMaximizedGroup();
  else (api.getPanel(panel) ?? addPanel(api, panel)).api.maximize();
}

const FLOATING_SIZE = { width: 640, height: 420 } as const;

/** Takes a panel out of the layout, to lie over the others where it is put; or brings it back among its like. */
export function toggleFloating(api: DockviewApi, panel: IDockviewPanel | undefined): void {
  if (panel === undefined) return;
  if (panel.api.location.type !== 'floating') {
    const left = Math.max(0, Math.round((api.width - FLOATING_SIZE.width) / 2));
    api.addFloatingGroup(panel, { ...FLOATING_SIZE, position: { left, top: Math.round(api.height / 6) } });
    panel.api.setActive();
    return;
  }
  const docked = api.panels.filter((other) => other.api.location.type === 'grid');
  const like = docked.find((other) => isTerminal(other) === isTerminal(panel)) ?? docked[0];
  panel.api.moveTo({ group: like?.group ?? api.addGroup() });
  panel.api.setActive();
}

export function isTerminal({ id }: { readonly id: string }): boolean {
  return id.startsWith('terminal:');
}

/** One panel for each terminal, but those that are elsewhere: the missing are added beside the others, those without a terminal go. */
export function syncTerminals(api: DockviewApi, terminals: readonly Terminal[], elsewhere: ReadonlySet<string>): void {
  const here = terminals.filter((terminal) => !elsewhere.has(idOf(terminal)));
  const wanted = new Set(here.map((terminal) => idOf(terminal)));
  for (const panel of terminalPanels(api)) if (!wanted.has(panel.id)) api.removePanel(panel);
  for (const terminal of here) {
    if (api.getPanel(idOf(terminal)) === undefined) addTerminal(api, terminal);
  }
}

function addPanel(api: DockviewApi, panel: PanelName) {
  const sibling = PANELS.find((other) => other !== panel && api.getPanel(other) !== undefined);
  const position =
    sibling === undefined
      ? ({ direction: 'above' } as const)
      : ({ referencePanel: sibling, direction: 'within' } as const);
  return api.addPanel({ id: panel, component: panel, title: messages.panels[panel], position });
}

function addTerminal(api: DockviewApi, terminal: Terminal): void {
  const sibling = terminalPanels(api).at(-1);
  const params = { terminal: terminal.id, number: nextNumber(api) };
  const common = { id: idOf(terminal), component: 'terminal', title: titleOf(params), params };
  if (sibling) api.addPanel({ ...common, position: { referencePanel: sibling.id, direction: 'within' } });
  else
    api.addPanel({
      ...common,
      position: { direction: 'below' },
      initialHeight: Math.round(api.height * TERMINAL_SHARE),
    });
}

function terminalPanels(api: DockviewApi) {
  return api.panels.filter(isTerminal);
}

function idOf(terminal: Terminal): string {
  return `terminal:${terminal.id}`;
}

function nextNumber(api: DockviewApi): number {
  return Math.max(0, ...terminalPanels(api).map(numberOf)) + 1;
}
