import type { MenuItemConstructorOptions } from 'electron';
import type { Approval } from '../../../../schema/contract/approval.ts';
import type { ApprovalId } from '../../../../schema/entities.ts';
import { briefText } from '../approvals/notice-text.ts';
import type { DesktopMessages } from '../messages/en.ts';

export interface TrayActs {
  /** Brings a window to the front, at the question. */
  readonly reveal: (approval: ApprovalId) => void;
  readonly showAll: () => void;
  readonly show: () => void;
  readonly newWindow: () => void;
  readonly quit: () => void;
}

export interface TrayContent {
  readonly approvals: readonly Approval[];
  readonly messages: DesktopMessages;
  readonly acts: TrayActs;
}

const NEWEST = 5;
const LABEL_CHARACTERS = 70;

/**
 * What the tray's icon opens: the newest questions, each leading to itself in the window. None is answered here: a menu
 * shows too little of what would be approved.
 */
export function trayMenu({ approvals, messages, acts }: TrayContent): MenuItemConstructorOptions[] {
  const { tray, menu } = messages;
  const newest = approvals.slice(-NEWEST).reverse();
  const more = approvals.length - newest.length;
  return [
    { label: approvals.length === 0 ? tray.nothing : messages.waiting(approvals.length), enabled: false },
    ...newest.map((approval) => ({ label: labelOf(approval), click: () => acts.reveal(approval.id) })),
    ...(more > 0 ? [{ label: tray.more(more), click: acts.showAll }] : []),
    { type: 'separator' },
    { label: tray.show, click: acts.show },
    { label: menu.newWindow, click: acts.newWindow },
    { type: 'separator' },
    { label: menu.quit, click: acts.quit },
  ];
}

/** Without what a menu would read as the mark of a key, and short. */
function labelOf(approval: Approval): string {
  const text = briefText(approval).replaceAll(/\s+/g, ' ');
  const shown = text.length > LABEL_CHARACTERS ? `${text.slice(0, LABEL_CHARACTERS - 1)}…` : text;
  return shown.replaceAll('&', '&&');
}
