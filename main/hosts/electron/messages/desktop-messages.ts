import type { Settings } from '../../../../schema/contract/app.ts';
import { de } from './de.ts';
import { type DesktopMessages, en } from './en.ts';

const LANGUAGES: Readonly<Record<Settings['language'], DesktopMessages>> = { en, de };

/** What the desktop shows, in the language of the settings. */
export function desktopMessages(language: Settings['language']): DesktopMessages {
  return LANGUAGES[language];
}
