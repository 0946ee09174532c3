import type { MenuItemConstructorOptions } from 'electron';
import type { WishView } from '../../../../schema/contract/window.ts';
import type { DesktopMessages } from '../messages/en.ts';

export interface MenuActs {
  readonly show: (view: WishView) => void;
  readonly pickFolder: () => void;
  readonly openFolder: (path: string) => void;
  readonly clearRecent: () => void;
  readonly newWindow: () => void;
  readonly checkForUpdates: () => void;
}

export interface MenuContent {
  readonly acts: MenuActs;
  readonly messages: DesktopMessages;
  /** The newest first. */
  readonly recentFolders: readonly string[];
}

const VIEWS = ['approvals', 'tasks', 'policy', 'plugins', 'gateway', 'audit', 'settings'] as const;

/**
 * The menu of the program. It takes no keys: those are the page's, where they can be changed, and a terminal's, where they mean
 * something else.
 */
export function appMenu(content: MenuContent): MenuItemConstructorOptions[] {
  const { acts, messages } = content;
  const { menu, views } = messages;
  return [
    { label: menu.file, submenu: fileMenu(content) },
    {
      label: menu.edit,
      submenu: [
        silent('cut', menu.cut),
        silent('copy', menu.copy),
        silent('paste', menu.paste),
        silent('selectAll', menu.selectAll),
      ],
    },
    {
      label: menu.view,
      submenu: [
        ...VIEWS.map((view) => ({ label: views[view], click: () => acts.show(view) })),
        { type: 'separator' },
        silent('resetZoom', menu.resetZoom),
        silent('zoomIn', menu.zoomIn),
        silent('zoomOut', menu.zoomOut),
        silent('togglefullscreen', menu.fullScreen),
      ],
    },
    {
      label: menu.help,
      submenu: [
        { label: views.logs, click: () => acts.show('logs') },
        { label: menu.checkForUpdates, click: acts.checkForUpdates },
        { type: 'separator' },
        silent('about', menu.about),
      ],
    },
  ];
}

function fileMenu({ acts, messages: { menu }, recentFolders }: MenuContent): MenuItemConstructorOptions[] {
  const recent: MenuItemConstructorOptions[] =
    recentFolders.length === 0
      ? [{ label: menu.noRecent, enabled: false }]
      : [
          ...recentFolders.map((path) => ({ label: literal(path), click: () => acts.openFolder(path) })),
          { type: 'separator' as const },
          { label: menu.clearRecent, click: acts.clearRecent },
        ];
  return [
    { label: menu.start, click: () => acts.show('home') },
    { label: menu.newWindow, click: acts.newWindow },
    { label: menu.openFolder, click: acts.pickFolder },
    { label: menu.openRecent, submenu: recent },
    { type: 'separator' },
    silent('close', menu.closeWindow),
    silent('quit', menu.quit),
  ];
}

/** A menu takes a single `&` as the mark of the key that follows it. */
function literal(path: string): string {
  return path.replaceAll('&', '&&');
}

/** Electron's own act, without its key. */
function silent(role: NonNullable<MenuItemConstructorOptions['role']>, label: string): MenuItemConstructorOptions {
  return { role, label, accelerator: '', registerAccelerator: false };
}
