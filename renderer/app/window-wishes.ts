import type { AuditFilters } from '../../schema/contract/audit.ts';
import type { SessionId } from '../../schema/entities.ts';
import type { PanelName, View } from './workbench-store.ts';

/** What the window of a panel wants to be shown by the window that the panel left. */
export type WindowWish =
  | { readonly show: 'view'; readonly view: View }
  | { readonly show: 'session'; readonly session: SessionId }
  | { readonly show: 'panel'; readonly session: SessionId; readonly panel: PanelName }
  | { readonly show: 'records'; readonly filters: AuditFilters }
  | { readonly show: 'tool'; readonly tool: string };

const nameOf = (slot: number): string => `cavern.window.${slot}`;

/** Asks the page of another window; both are ours, and nothing goes through the kernel. */
export function askWindow(slot: number, wish: WindowWish): void {
  const channel = new BroadcastChannel(nameOf(slot));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no other origin than ours
  channel.postMessage(wish);
  channel.close();
}

/** Hears what the windows of panels want of this one, until it is called off. */
export function onWindowWish(slot: number, listener: (wish: WindowWish) => void): () => void {
  const channel = new BroadcastChannel(nameOf(slot));
  // Only pages of our own origin can send, and they send what the type says.
  channel.addEventListener('message', (event: MessageEvent<WindowWish>) => listener(event.data));
  return () => channel.close();
}
