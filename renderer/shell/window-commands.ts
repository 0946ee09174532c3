import type { Command } from '../app/commands/command.ts';
import type { Services } from '../app/services.tsx';
import { THEMES } from '../app/theme.ts';
import { PANELS } from '../app/workbench-store.ts';
import { messages } from './messages.ts';
import { focusNextRegion, focusPanel } from './regions.ts';
import type { ShellStores } from './shell-stores.ts';

type Entry = readonly [id: string, keys: readonly string[], run: (id: string) => void];

/** What the window itself can be asked for, with the keys that it has in the beginning. */
export function addWindowCommands(services: Services, stores: ShellStores): void {
  const { commands } = services;
  const groups: readonly (readonly [title: string, entries: readonly Entry[]])[] = [
    [messages.groups.go, goEntries(services)],
    [messages.groups.session, sessionEntries(services, stores)],
    [messages.groups.panels, panelEntries(services)],
    [messages.groups.window, windowEntries(services)],
    [messages.groups.appearance, appearanceEntries(services)],
  ];
  const titles: Readonly<Record<string, string>> = messages.commands;
  const all = groups.flatMap(([group, entries]) => entries.map((entry) => ({ group, entry })));
  commands.add(
    all.map(({ group, entry: [id, keys] }): Command => ({ id, keys, group, title: titles[id] ?? id, scope: 'window' })),
  );
  const acts = new Map(all.map(({ entry: [id, , run] }) => [id, run]));
  commands.serve('window', (id) => acts.get(id)?.(id));
}

function goEntries({ workbench }: Services): Entry[] {
  return [
    ['view.home', ['Mod+Shift+H'], () => workbench.show('home')],
    ['view.open', ['Mod+O'], () => workbench.show('open')],
    ['view.approvals', ['Mod+Shift+A'], () => workbench.reveal('approvals')],
    ['view.tasks', ['Mod+Shift+K'], () => workbench.show('tasks')],
    ['view.policy', ['Mod+Shift+Y'], () => workbench.show('policy')],
    ['view.plugins', ['Mod+Shift+X'], () => workbench.show('plugins')],
    ['view.gateway', ['Mod+Shift+G'], () => workbench.show('gateway')],
    ['view.audit', ['Mod+Shift+U'], () => workbench.reveal('audit')],
    ['view.logs', ['Mod+Shift+L'], () => workbench.show('logs')],
    ['view.settings', ['Mod+,'], () => workbench.show('settings')],
  ];
}

function sessionEntries(services: Services, stores: ShellStores): Entry[] {
  const { sessions, workbench } = services;
  const step = (by: 1 | -1): void => {
    const { sessions: list, selected } = sessions.store.getState();
    if (list.length === 0) return;
    const at = list.findIndex(({ id }) => id === selected);
    const next = list[at === -1 ? 0 : (at + by + list.length) % list.length];
    sessions.select(next?.id);
    workbench.show('session');
  };
  return [
    ['session.next', ['Mod+Shift+Down'], () => step(1)],
    ['session.previous', ['Mod+Shift+Up'], () => step(-1)],
    [
      'session.newTerminal',
      ['Mod+Shift+T'],
      () => {
        const { selected } = sessions.store.getState();
        if (selected === undefined) return;
        workbench.show('session');
        void stores.ofSession(selected).terminals.open();
      },
    ],
  ];
}

/** In a session only: elsewhere there are no panels. */
function panelEntries({ workbench }: Services): Entry[] {
  const reveals = PANELS.map(
    (panel, index): Entry => [
      `panel.${panel}`,
      [`Mod+${index + 1}`],
      () => {
        workbench.reveal(panel);
        if (workbench.store.getState().view === 'session') focusPanel(panel);
      },
    ],
  );
  return [
    ...reveals,
    ['panel.float', ['Mod+Shift+D'], () => workbench.toggleFloating()],
    ['panel.detach', ['Mod+Shift+O'], () => workbench.detach()],
  ];
}

function windowEntries({ workbench }: Services): Entry[] {
  return [
    ['window.palette', ['Mod+K', 'Mod+Shift+P'], () => workbench.open('palette')],
    ['window.keys', ['?'], () => workbench.open('keys')],
    ['window.nextRegion', ['F6'], () => focusNextRegion(1)],
    ['window.previousRegion', ['Shift+F6'], () => focusNextRegion(-1)],
    ['window.rail', ['Mod+B'], () => workbench.toggleRail()],
  ];
}

function appearanceEntries({ settings }: Services): Entry[] {
  const resize = (by: number): void => {
    const size = (settings.store.getState().settings?.textSize ?? 13) + by;
    if (size >= 11 && size <= 18) void settings.change({ textSize: size });
  };
  return [
    ...THEMES.map((theme): Entry => [`theme.${theme}`, [], () => void settings.change({ theme })]),
    ['text.larger', ['Mod+='], () => resize(1)],
    ['text.smaller', ['Mod+-'], () => resize(-1)],
  ];
}
