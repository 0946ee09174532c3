import { app, dialog, Menu, nativeImage, Notification, Tray } from 'electron';
import type { Areas } from '../schema/contract/areas.ts';
import type { Approval } from '../schema/contract/approval.ts';
import { DEFAULT_SETTINGS, type Settings } from '../schema/contract/app.ts';
import type { Client } from '../schema/contract/contract.ts';
import type { Wish } from '../schema/contract/window.ts';
import type { Logger } from './base/logger.ts';
import { ApprovalNotices, type Notice } from './hosts/electron/approvals/approval-notices.ts';
import { desktopMessages, spokenLanguage } from './hosts/electron/messages/desktop-messages.ts';
import type { DesktopMessages } from './hosts/electron/messages/en.ts';
import { appMenu, type MenuActs } from './hosts/electron/system/app-menu.ts';
import { lookForUpdates, type UpdateQuestion } from './hosts/electron/updates/look-for-updates.ts';
import { ApprovalTray, type TrayPort } from './hosts/electron/tray/approval-tray.ts';
import { trayIcon } from './hosts/electron/tray/tray-icon.ts';

export interface DesktopParts {
  readonly logger: Logger;
  readonly redact: (text: string) => string;
  readonly isAnyWindowFocused: () => boolean;
  /** Brings the window that was used last to the front, and has it show something where that is said. */
  readonly reveal: (wish?: Wish) => void;
  readonly newWindow: () => void;
  readonly pickFolder: () => void;
  /** Of the program. */
  readonly version: string;
}

const TRAY_PX = 22;
/** For screens with two pixels where others have one. */
const SHARP = 2;

/** What the desktop shows of the program beside its windows: the menu, the icon in the tray, notices, folders opened last. */
export class Desktop implements Disposable {
  readonly #parts: DesktopParts;
  readonly #tray: ApprovalTray;
  readonly #notices: ApprovalNotices;
  #client: Client<Areas> | undefined;
  #settings: Settings = DEFAULT_SETTINGS;
  #approvals: readonly Approval[] = [];
  #menuShown = '';
  #newestFolder: string | undefined;

  constructor(parts: DesktopParts) {
    this.#parts = parts;
    const revealApproval = (approval: Approval['id']): void => parts.reveal({ show: 'approval', approval });
    this.#tray = new ApprovalTray({
      create: hasTray() ? createTray : () => undefined,
      acts: {
        reveal: revealApproval,
        showAll: () => parts.reveal({ show: 'view', view: 'approvals' }),
        show: () => parts.reveal(),
        newWindow: parts.newWindow,
        quit: () => app.quit(),
      },
    });
    this.#notices = new ApprovalNotices({
      detail: () => (Notification.isSupported() ? this.#settings.notifications : 'off'),
      messages: () => this.messages,
      isHidden: () => !parts.isAnyWindowFocused(),
      show: showNotice,
      reveal: revealApproval,
      answer: (approval, answer) =>
        void this.#client?.approval
          .decide({ approval, answer })
          .catch((thrown: unknown) => parts.logger.warn('an answer from a notice was not taken', { thrown })),
      redact: parts.redact,
    });
    this.#showMenu();
  }

  get messages(): DesktopMessages {
    return desktopMessages(spokenLanguage(this.#settings.language, app.getPreferredSystemLanguages()));
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** Follows what the kernel has to say, until the signal aborts. */
  follow(client: Client<Areas>, signal: AbortSignal): void {
    if (this.#client !== undefined) return;
    this.#client = client;
    const lost = (thrown: unknown): void => {
      if (!signal.aborted) this.#parts.logger.warn('the desktop is told of nothing any more', { thrown });
    };
    const settings = async (): Promise<void> => {
      for await (const event of client.app.watch({}, { signal })) this.#apply(event.settings);
    };
    const questions = async (): Promise<void> => {
      for await (const { approvals } of client.approval.watch({}, { signal })) {
        this.#approvals = approvals;
        this.#notices.update(approvals);
        this.#showTray();
      }
    };
    settings().catch(lost);
    questions().catch(lost);
  }

  [Symbol.dispose](): void {
    this.#notices[Symbol.dispose]();
    this.#tray[Symbol.dispose]();
  }

  #apply(settings: Settings): void {
    this.#settings = settings;
    this.#showMenu();
    this.#showTray();
    const [newest] = settings.recentWorkspaces;
    if (newest === undefined || newest === this.#newestFolder) return;
    this.#newestFolder = newest;
    app.addRecentDocument(newest);
  }

  #showTray(): void {
    this.#tray.update({ isWanted: this.#settings.tray, approvals: this.#approvals, messages: this.messages });
  }

  /** Only where something in it has changed: a menu that is replaced closes. */
  #showMenu(): void {
    const { recentWorkspaces, language } = this.#settings;
    const shown = JSON.stringify([language, recentWorkspaces]);
    if (shown === this.#menuShown) return;
    this.#menuShown = shown;
    const template = appMenu({ acts: this.#acts(), messages: this.messages, recentFolders: recentWorkspaces });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  }

  /** The code that does it is loaded now: most never look. */
  async #lookForUpdates(): Promise<void> {
    const { reveal, version, logger } = this.#parts;
    const { updateSource } = await import('./updates.ts');
    await lookForUpdates({
      settings: this.#settings.updates,
      version,
      messages: this.messages,
      open: (settings) => updateSource(settings, logger),
      ask: askPerson,
      showSettings: () => reveal({ show: 'view', view: 'settings' }),
      onFailure: (thrown) => logger.warn('updates cannot be looked for', { thrown }),
    });
  }

  #acts(): MenuActs {
    const { reveal, newWindow, pickFolder, logger } = this.#parts;
    return {
      show: (view) => reveal({ show: 'view', view }),
      openFolder: (path) => reveal({ show: 'folder', path }),
      newWindow,
      pickFolder,
      checkForUpdates: () => void this.#lookForUpdates(),
      clearRecent: () => {
        app.clearRecentDocuments();
        this.#client?.app
          .configure({ change: { recentWorkspaces: [] } })
          .catch((thrown: unknown) => logger.warn('the folders opened last are not forgotten', { thrown }));
      },
    };
  }
}

/** On Linux icons are shown by whoever listens on the session's bus; without one there is nobody. */
function hasTray(): boolean {
  const bus = process.env['DBUS_SESSION_BUS_ADDRESS'] ?? '';
  return process.platform !== 'linux' || (bus !== '' && !bus.startsWith('disabled'));
}

async function askPerson({ message, detail, buttons }: UpdateQuestion): Promise<number> {
  const cancelId = buttons.length - 1;
  const { response } = await dialog.showMessageBox({ message, detail, buttons: [...buttons], cancelId, noLink: true });
  return response;
}

function createTray(): TrayPort {
  const image = (state: Parameters<typeof trayIcon>[1]) => {
    const picture = nativeImage.createEmpty();
    for (const scaleFactor of [1, SHARP]) {
      const side = TRAY_PX * scaleFactor;
      picture.addRepresentation({ scaleFactor, width: side, height: side, buffer: Buffer.from(trayIcon(side, state)) });
    }
    return picture;
  };
  const tray = new Tray(image('quiet'));
  tray.on('click', () => tray.popUpContextMenu());
  return {
    show(state, tooltip, menu) {
      tray.setImage(image(state));
      tray.setToolTip(tooltip);
      tray.setContextMenu(Menu.buildFromTemplate([...menu]));
    },
    [Symbol.dispose]: () => tray.destroy(),
  };
}

/** Buttons are shown by macOS and Windows; Electron hands none to a Linux desktop, where a click leads to the question. */
function showNotice({ title, body, onClick, actions }: Notice): Disposable {
  const buttons = actions.map(({ label }) => ({ type: 'button' as const, text: label }));
  const notice = new Notification({ title, body, actions: buttons });
  notice.on('click', onClick);
  notice.on('action', (_event, index) => actions[index]?.act());
  notice.show();
  return { [Symbol.dispose]: () => notice.close() };
}
