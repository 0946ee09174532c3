import type { MenuItemConstructorOptions } from 'electron';
import type { Approval } from '../../../../schema/contract/approval.ts';
import type { DesktopMessages } from '../messages/en.ts';
import type { TrayState } from './tray-icon.ts';
import { type TrayActs, trayMenu } from './tray-menu.ts';

/** An icon of the desktop's tray; disposing takes it away. */
export interface TrayPort extends Disposable {
  show(state: TrayState, tooltip: string, menu: readonly MenuItemConstructorOptions[]): void;
}

export interface ApprovalTrayOptions {
  /** Undefined where the desktop has no tray. */
  readonly create: () => TrayPort | undefined;
  readonly acts: TrayActs;
}

export interface TrayPicture {
  readonly isWanted: boolean;
  readonly approvals: readonly Approval[];
  readonly messages: DesktopMessages;
}

/** The icon in the tray, for as long as the settings want one. */
export class ApprovalTray implements Disposable {
  readonly #options: ApprovalTrayOptions;
  #tray: TrayPort | undefined;
  #shown = '';

  constructor(options: ApprovalTrayOptions) {
    this.#options = options;
  }

  update({ isWanted, approvals, messages }: TrayPicture): void {
    if (!isWanted) return this[Symbol.dispose]();
    this.#tray ??= this.#options.create();
    const menu = trayMenu({ approvals, messages, acts: this.#options.acts });
    // A menu that is replaced while it is open closes under the person's hand.
    const picture = JSON.stringify([approvals.map(({ id }) => id), menu]);
    if (picture === this.#shown) return;
    this.#shown = picture;
    const isWaiting = approvals.length > 0;
    const tooltip = isWaiting ? `Cavern – ${messages.waiting(approvals.length)}` : 'Cavern';
    this.#tray?.show(isWaiting ? 'waiting' : 'quiet', tooltip, menu);
  }

  [Symbol.dispose](): void {
    this.#tray?.[Symbol.dispose]();
    this.#tray = undefined;
    this.#shown = '';
  }
}
