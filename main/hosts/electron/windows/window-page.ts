import type { DetachedPanel } from '../../../../schema/contract/window.ts';
import type { SessionId } from '../../../../schema/entities.ts';
import type { Broadcast } from '../../../base/broadcast.ts';
import type { WindowContent } from './app-windows.ts';
import type { DetachedWindow } from './window-places.ts';

/** Of the program's windows, what is asked for a page. */
export interface DetachedSource {
  at(slot: number): { readonly detaching: Broadcast<void> } | undefined;
  detachedFrom(slot: number): readonly DetachedWindow[];
}

/** The address of a window's page below our own origin; the first window's says nothing of it. */
export function windowPage(slot: number, { origin, session, detached }: WindowContent): string {
  if (slot === 1) return '/index.html';
  const search = new URLSearchParams({ window: String(slot) });
  if (detached !== undefined) {
    search.set('session', detached.session);
    search.set('panel', detached.panel);
    search.set('from', String(detached.from));
  } else if (session !== undefined) search.set('session', session);
  else if (origin === 'restored') search.set('restored', '');
  return `/index.html?${search}`;
}

/** The panels of a window that have windows of their own, now and whenever that changes, until the signal aborts. */
export async function* detachedPanels(
  windows: DetachedSource,
  slot: number,
  signal: AbortSignal,
): AsyncGenerator<readonly DetachedPanel[], void, undefined> {
  const changes = windows.at(slot)?.detaching.listen(signal);
  const now = (): DetachedPanel[] =>
    // What names a session came through the contract, or was looked at when it was read.
    windows.detachedFrom(slot).map(({ session, panel }) => ({ session: session as SessionId, panel }));
  yield now();
  if (changes !== undefined) for await (const _ of changes) yield now();
}
