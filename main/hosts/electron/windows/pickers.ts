import { type BrowserWindow, dialog, type OpenDialogOptions } from 'electron';
import { join } from 'node:path';
import type { DesktopMessages } from '../messages/en.ts';

export interface PickersOptions {
  /** The window that the dialog belongs to. */
  readonly parent: () => BrowserWindow | undefined;
  readonly messages: () => DesktopMessages;
  /** Where files are saved unless the person says otherwise. */
  readonly documents: () => string;
}

export interface Pickers {
  pickFolder(): Promise<string | null>;
  pickPackage(): Promise<string | null>;
  pickTarget(name: string): Promise<string | null>;
}

/** The desktop's own dialogs: they alone decide which path a page hears of. */
export function pickers({ parent, messages, documents }: PickersOptions): Pickers {
  const open = async (options: OpenDialogOptions): Promise<string | null> => {
    const window = parent();
    const answer = window ? await dialog.showOpenDialog(window, options) : await dialog.showOpenDialog(options);
    return answer.canceled ? null : (answer.filePaths[0] ?? null);
  };
  return {
    pickFolder: () => open({ properties: ['openDirectory', 'createDirectory'] }),
    pickPackage: () =>
      open({ properties: ['openFile'], filters: [{ name: messages().packedPlugins, extensions: ['tgz'] }] }),
    async pickTarget(name) {
      const options = { defaultPath: join(documents(), name) };
      const window = parent();
      const answer = window ? await dialog.showSaveDialog(window, options) : await dialog.showSaveDialog(options);
      return answer.canceled || answer.filePath === '' ? null : answer.filePath;
    },
  };
}
