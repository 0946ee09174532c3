import type { SessionId } from '../../schema/entities.ts';

const search = new URLSearchParams(location.search);

/** Which of the program's windows this page is in; the first one's address does not say. */
export const windowSlot = Math.max(1, Number(search.get('window') ?? 1) || 1);

/** A panel with a window of its own, and the window that it left. */
export interface Detached {
  readonly session: SessionId;
  readonly panel: string;
  readonly from: number;
}

/** The one panel that this window is there for; undefined in a whole window. */
export const detachedPanel = panelOf(search);

/** The page was asked for to show the log. */
export const wantsLogs = search.get('view') === 'logs';

/** The window was open when the program ended: it shows what it showed. The first comes home instead, to what waits. */
const isRestored = search.has('restored');

const SESSION = `cavern.window.${windowSlot}.session`;

/** Each window lays the panels of a workspace out by itself. */
export function layoutPlace(workspace: string): string {
  return windowSlot === 1 ? workspace : `${workspace}#window-${windowSlot}`;
}

/** The session that this window is to begin with: what it showed when the program ended, or what it was opened for. */
export function rememberedSession(): string | undefined {
  const wanted = search.get('session') ?? undefined;
  return isRestored ? (localStorage.getItem(SESSION) ?? undefined) : wanted;
}

function panelOf(address: URLSearchParams): Detached | undefined {
  const [session, panel, from] = ['session', 'panel', 'from'].map((name) => address.get(name));
  if (!session || !panel) return undefined;
  // The host wrote it; a session that is not there is said to be gone.
  return { session: session as SessionId, panel, from: Number(from) };
}

export function rememberSession(session: string | undefined): void {
  if (windowSlot === 1) return;
  if (session === undefined) localStorage.removeItem(SESSION);
  else localStorage.setItem(SESSION, session);
}
