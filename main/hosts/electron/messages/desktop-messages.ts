import { de } from './de.ts';
import { type DesktopMessages, en } from './en.ts';

const LANGUAGES: Readonly<Record<string, DesktopMessages>> = { en, de };

/** The tag of the language that the desktop is told things in: the settings', or the first of the system's that there is; else English. */
export function spokenLanguage(chosen: string, system: readonly string[]): string {
  const wishes = chosen === 'system' ? system : [chosen];
  const tags = wishes.map((wish) => wish.split(/[-_]/)[0] ?? '');
  return tags.find((tag) => tag in LANGUAGES) ?? 'en';
}

/** What the desktop shows, in a language by its tag; in English where there is none of that tag. */
export function desktopMessages(language: string): DesktopMessages {
  return LANGUAGES[language] ?? en;
}
