import { useSyncExternalStore } from 'react';

function subscribe(onChange: () => void): () => void {
  document.addEventListener('visibilitychange', onChange);
  return () => document.removeEventListener('visibilitychange', onChange);
}

/** Whether the window itself can be seen: one that is minimised or covered does no work. */
export function useShownPage(): boolean {
  return useSyncExternalStore(subscribe, () => document.visibilityState === 'visible');
}
