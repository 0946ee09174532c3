import type { MenuItemConstructorOptions } from 'electron';
import type { WishView } from '../../../../schema/contract/window.ts';

export interface MenuActs {
  readonly show: (view: WishView) => void;
  readonly pickFolder: () => void;
}

const VIEWS: readonly (readonly [WishView, string])[] = [
  ['approvals', 'Approvals'],
  ['tasks', 'Tasks and schedules'],
  ['policy', 'Policy'],
  ['plugins', 'Plugins'],
  ['gateway', 'Gateway'],
  ['audit', 'Audit'],
  ['settings', 'Settings'],
];

/**
 * The menu of the program. It takes no keys: those are the page's, where they can be changed, and a terminal's, where they mean
 * something else.
 */
export function appMenu({ show, pickFolder }: MenuActs): MenuItemConstructorOptions[] {
  return [
    {
      label: '&File',
      submenu: [
        { label: 'Start page', click: () => show('home') },
        { label: 'Open folder…', click: pickFolder },
        { type: 'separator' },
        silent('quit'),
      ],
    },
    { label: '&Edit', submenu: [silent('cut'), silent('copy'), silent('paste'), silent('selectAll')] },
    {
      label: '&View',
      submenu: [
        ...VIEWS.map(([view, label]) => ({ label, click: () => show(view) })),
        { type: 'separator' },
        silent('resetZoom'),
        silent('zoomIn'),
        silent('zoomOut'),
        silent('togglefullscreen'),
      ],
    },
    { label: '&Help', submenu: [silent('about')] },
  ];
}

/** Electron's own act under its own name, without its key. */
function silent(role: NonNullable<MenuItemConstructorOptions['role']>): MenuItemConstructorOptions {
  return { role, accelerator: '', registerAccelerator: false };
}
