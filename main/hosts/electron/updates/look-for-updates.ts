import type { UpdateSettings } from '../../../../schema/contract/app.ts';
import { toFault } from '../../../../schema/fault.ts';
import type { DesktopMessages } from '../messages/en.ts';

/** Where updates come from, opened on a feed. */
export interface UpdateSource {
  /** `none`: this copy was not installed by anything that can be updated. */
  check(): Promise<{ readonly version: string; readonly state: 'newer' | 'same' } | 'none'>;
  download(): Promise<void>;
  /** Ends the program, and starts the new one. */
  install(): void;
}

/** A question of the desktop: which of the buttons was chosen; the last is also what closing it means. */
export interface UpdateQuestion {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly [string, ...string[]];
}

export interface UpdateParts {
  readonly settings: UpdateSettings;
  readonly version: string;
  readonly messages: DesktopMessages;
  readonly open: (settings: UpdateSettings) => UpdateSource;
  readonly ask: (question: UpdateQuestion) => Promise<number>;
  readonly showSettings: () => void;
  readonly onFailure: (thrown: unknown) => void;
}

/** Looks for a newer version because the person asked; nothing is downloaded or installed before they say so, each by itself. */
export async function lookForUpdates(parts: UpdateParts): Promise<void> {
  const { settings, messages, ask, onFailure } = parts;
  const { updates } = messages;
  if (!settings.enabled || settings.address === '' || settings.publisherKey === '') {
    const chosen = await ask({
      message: updates.off,
      detail: updates.offText,
      buttons: [updates.settings, updates.ok],
    });
    if (chosen === 0) parts.showSettings();
    return;
  }
  try {
    await offer(parts, parts.open(settings));
  } catch (thrown) {
    onFailure(thrown);
    const { message, why, fix } = toFault(thrown);
    const detail = [why ?? (thrown instanceof Error ? firstLine(thrown.message) : message), fix]
      .filter(Boolean)
      .join('\n');
    await ask({ message: updates.failed, detail, buttons: [updates.ok] });
  }
}

async function offer({ version, messages: { updates }, ask }: UpdateParts, source: UpdateSource): Promise<void> {
  const found = await source.check();
  if (found === 'none') {
    await ask({ message: updates.noInstaller, detail: '', buttons: [updates.ok] });
    return;
  }
  if (found.state === 'same') {
    await ask({ message: updates.current(version), detail: '', buttons: [updates.ok] });
    return;
  }
  const wants = await ask({
    message: updates.found(found.version),
    detail: updates.foundText(version),
    buttons: [updates.download, updates.later],
  });
  if (wants !== 0) return;
  await source.download();
  const restarts = await ask({
    message: updates.ready(found.version),
    detail: updates.readyText,
    buttons: [updates.restart, updates.later],
  });
  if (restarts === 0) source.install();
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 300);
}
