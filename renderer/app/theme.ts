import type { Settings } from '../../schema/contract/app.ts';

export type Theme = Settings['theme'];

export const THEMES: readonly Theme[] = ['system', 'light', 'dark', 'contrast'];

const REMEMBERED = 'cavern.theme';
const REMEMBERED_SIZE = 'cavern.text-size';
/** What the sizes of tokens.css are made for. */
const USUAL_TEXT_PX = 13;
const listeners = new Set<() => void>();

/** Remembered in the page as well, so that the first paint already has it. */
export function applyRememberedAppearance(): void {
  showTheme(localStorage.getItem(REMEMBERED));
  moreContrast().addEventListener('change', () => showTheme(localStorage.getItem(REMEMBERED)));
  const size = Number(localStorage.getItem(REMEMBERED_SIZE) ?? USUAL_TEXT_PX);
  if (size !== USUAL_TEXT_PX) showTextSize(size);
}

/** Shows what the settings say, now and for the next start. */
export function applyAppearance({ theme, textSize }: Pick<Settings, 'theme' | 'textSize'>): void {
  localStorage.setItem(REMEMBERED, theme);
  localStorage.setItem(REMEMBERED_SIZE, String(textSize));
  showTheme(theme);
  showTextSize(textSize);
  for (const listener of listeners) listener();
}

/** Calls back when the colours change, by choice or because the system's did. */
export function onThemeChange(listener: () => void): () => void {
  const system = [matchMedia('(prefers-color-scheme: dark)'), matchMedia('(forced-colors: active)'), moreContrast()];
  listeners.add(listener);
  for (const one of system) one.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    for (const one of system) one.removeEventListener('change', listener);
  };
}

/** A colour of tokens.css as the browser computes it, for what draws without CSS. */
export function colorOf(token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  // Where the system forces its colours, one for all: what is drawn would be of one piece.
  probe.style.forcedColorAdjust = 'none';
  document.body.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

/** The system asks for it. */
function moreContrast(): MediaQueryList {
  return matchMedia('(prefers-contrast: more)');
}

function showTheme(theme: string | null): void {
  if (theme === 'light' || theme === 'dark' || theme === 'contrast') document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  document.documentElement.toggleAttribute('data-contrast', theme === 'contrast' || moreContrast().matches);
}

function showTextSize(px: number): void {
  document.documentElement.style.setProperty('--text-scale', String(px / USUAL_TEXT_PX));
}
