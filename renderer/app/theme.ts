import type { Settings } from '../../schema/contract/app.ts';

type Theme = Settings['theme'];

const REMEMBERED = 'cavern.theme';
const listeners = new Set<() => void>();

/** Remembered in the page as well, so that the first paint already has it. */
export function applyRememberedTheme(): void {
  showTheme(localStorage.getItem(REMEMBERED));
}

export function applyTheme(theme: Theme): void {
  localStorage.setItem(REMEMBERED, theme);
  showTheme(theme);
  for (const listener of listeners) listener();
}

/** Calls back when the colours change, by choice or because the system's did. */
export function onThemeChange(listener: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  listeners.add(listener);
  system.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    system.removeEventListener('change', listener);
  };
}

/** A colour of tokens.css as the browser computes it, for what draws without CSS. */
export function colorOf(token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

function showTheme(theme: string | null): void {
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}
