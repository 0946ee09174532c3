import type { DockviewApi, IDockviewPanel } from 'dockview-react';
import { AppWindow, Columns2, Layers2, PanelBottomClose, Pencil, Rows2, X } from 'lucide-react';
import { type MouseEvent, type ReactNode, useState } from 'react';
import type { Session } from '../../schema/entities.ts';
import { useServices } from '../app/services.tsx';
import { useContextMenu } from '../ui/context-menu.tsx';
import type { MenuItem } from '../ui/menu.tsx';
import { panelOfTab } from './chosen-panel.ts';
import { isTerminal, nameOf, renamePanel, toggleFloating } from './dock-layout.ts';
import { closePanel } from './dock-tab.tsx';
import { messages } from './messages.ts';
import { RenameDialog } from './rename-dialog.tsx';
import type { SessionStores } from './session-stores.ts';
import type { ShellStores } from './shell-stores.ts';

export interface TabMenuOptions {
  readonly api: DockviewApi | undefined;
  readonly session: Session;
  readonly shell: ShellStores;
  readonly stores: SessionStores;
}

/** The menu of a panel's tab. */
export function useTabMenu({ api, session, shell, stores }: TabMenuOptions): {
  readonly menu: ReactNode;
  readonly onContextMenu: (event: MouseEvent) => void;
} {
  const { commands } = useServices();
  const { menu, open } = useContextMenu();
  const [renaming, setRenaming] = useState<IDockviewPanel>();
  const close = (panel: IDockviewPanel): void => closePanel(panel.api, panel.params ?? {}, stores);

  const itemsOf = (dock: DockviewApi, panel: IDockviewPanel): readonly MenuItem[] => {
    const others = panel.group.panels.filter(({ id }) => id !== panel.id);
    const isFloating = panel.api.location.type === 'floating';
    const split = (position: 'right' | 'bottom'): void => panel.api.moveTo({ group: panel.group, position });
    const rename: MenuItem = { label: messages.tab.rename, icon: Pencil, onSelect: () => setRenaming(panel) };
    return [
      { label: messages.tab.splitRight, icon: Columns2, disabled: others.length === 0, onSelect: () => split('right') },
      { label: messages.tab.splitDown, icon: Rows2, disabled: others.length === 0, onSelect: () => split('bottom') },
      {
        label: isFloating ? messages.tab.dock : messages.tab.float,
        icon: isFloating ? PanelBottomClose : Layers2,
        ...keys(commands.labelOf('panel.float')),
        onSelect: () => toggleFloating(dock, panel),
      },
      {
        label: messages.tab.detach,
        icon: AppWindow,
        ...keys(commands.labelOf('panel.detach')),
        onSelect: () => void shell.detached.detach(session.id, panel.id),
      },
      ...(isTerminal(panel) ? [{ ...rename, startsGroup: true }] : []),
      { label: messages.tab.close, icon: X, startsGroup: true, onSelect: () => close(panel) },
      {
        label: messages.tab.closeOthers,
        disabled: others.length === 0,
        onSelect: () => {
          for (const other of others) close(other);
        },
      },
    ];
  };

  const onContextMenu = (event: MouseEvent): void => {
    const panel = api === undefined ? undefined : panelOfTab(event.target, api);
    if (api === undefined || panel === undefined) return;
    open(event, messages.tab.actions(panel.title ?? ''), itemsOf(api, panel));
  };
  const dialog =
    api === undefined || renaming === undefined ? null : (
      <RenameDialog
        title={renaming.title ?? ''}
        name={nameOf(renaming)}
        onClose={() => setRenaming(undefined)}
        onRename={(name) => renamePanel(renaming, name)}
      />
    );
  return {
    menu: (
      <>
        {menu}
        {dialog}
      </>
    ),
    onContextMenu,
  };
}

function keys(shortcut: string | undefined): { readonly shortcut?: string } {
  return shortcut === undefined ? {} : { shortcut };
}
