import { useEffect, useLayoutEffect } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../app/services.tsx';
import { markInteractive, markReady } from './interactive-mark.ts';

/** Marks when the window takes input and when it shows its sessions. */
export function useStartMarks(): void {
  const { sessions } = useServices();
  // A layout effect: the mark is for the frame that this very rendering makes.
  useLayoutEffect(() => markInteractive(), []);
  const loaded = useStore(sessions.store, (state) => state.loaded || state.kernelFailure !== undefined);
  useEffect(() => {
    if (loaded) markReady();
  }, [loaded]);
  useEffect(
    () =>
      sessions.store.subscribe((state, former) => {
        if (state.loaded && state.sessions !== former.sessions) rememberSessions(state.sessions.length);
      }),
    [sessions],
  );
}

const HAD_SESSIONS = 'cavern.sessions';

/** Whether there were sessions the last time. */
export function hadSessions(): boolean {
  return Number(localStorage.getItem(HAD_SESSIONS) ?? 0) > 0;
}

function rememberSessions(count: number): void {
  localStorage.setItem(HAD_SESSIONS, String(count));
}
