const search = new URLSearchParams(location.search);

/** Which of the program's windows this page is in; the first one's address does not say. */
export const windowSlot = Math.max(1, Number(search.get('window') ?? 1) || 1);

/** The page was asked for to show the log. */
export const wantsLogs = search.get('view') === 'logs';

/** The window was open when the program ended: it shows what it showed. The first comes home instead, to what waits. */
const isRestored = search.has('restored');

const SESSION = `cavern.window.${windowSlot}.session`;

/** Each window lays the panels of a workspace out by itself. */
export function layoutPlace(workspace: string): string {
  return windowSlot === 1 ? workspace : `${workspace}#window-${windowSlot}`;
}

/** The session that this window showed when the program ended. */
export function rememberedSession(): string | undefined {
  return isRestored ? (localStorage.getItem(SESSION) ?? undefined) : undefined;
}

export function rememberSession(session: string | undefined): void {
  if (windowSlot === 1) return;
  if (session === undefined) localStorage.removeItem(SESSION);
  else localStorage.setItem(SESSION, session);
}
