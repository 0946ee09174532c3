import { readFile } from 'node:fs/promises';

/** What the window says where nothing else was wished for, or what was wished for is not there. */
const USUAL = 'en';

export interface LanguageSources {
  /** The file of the settings. The kernel that keeps them comes after the window, which has to know before its first text. */
  readonly settingsFile: string;
  /** What a variable says; it goes before the file, as for the kernel. */
  readonly override: string | undefined;
  /** The languages that the person's system prefers, the first one most. */
  readonly system: () => readonly string[];
  /** The languages that the window has beside English. */
  readonly known: () => Promise<readonly string[]>;
}

/** The tag of the language that a page is about to be loaded in: one that the window has, else English. */
export async function pageLanguage({ settingsFile, override, system, known }: LanguageSources): Promise<string> {
  const wished = override !== undefined && override !== '' ? override : await settingOf(settingsFile);
  const wishes = wished === undefined || wished === 'system' ? system() : [wished];
  const languages = [USUAL, ...(await known())];
  for (const wish of wishes) {
    const [plain] = wish.split(/[-_]/);
    const found = languages.find((tag) => tag === wish) ?? languages.find((tag) => tag === plain);
    if (found !== undefined) return found;
  }
  return USUAL;
}

/** undefined where there is no such file, or none that can be read: the kernel says what is wrong with it. */
async function settingOf(file: string): Promise<string | undefined> {
  try {
    const settings: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof settings !== 'object' || settings === null || !('language' in settings)) return undefined;
    return typeof settings.language === 'string' ? settings.language : undefined;
  } catch {
    return undefined;
  }
}

/** The page with its language named, and the texts of it loaded before everything else. English is what the page has by itself. */
export function translatedPage(page: string, language: string): string {
  if (language === USUAL) return page;
  return page
    .replace('<html lang="en">', `<html lang="${language}">`)
    .replace('<script ', `<script src="./languages/${language}.js"></script>\n    <script `);
}
