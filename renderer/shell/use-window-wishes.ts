import { useEffect } from 'react';
import { type Services, useServices } from '../app/services.tsx';
import { type Detached, windowSlot } from '../app/window-slot.ts';
import { askWindow, onWindowWish, type WindowWish } from '../app/window-wishes.ts';

/** Shows what the windows of this window's panels want to be shown. */
export function useWindowWishes(onTool: (tool: string) => void): void {
  const services = useServices();
  useEffect(
    () =>
      onWindowWish(windowSlot, (wish) => {
        grant(wish, services, onTool);
        window.focus();
      }),
    [services, onTool],
  );
}

function grant(wish: WindowWish, { workbench, sessions }: Services, onTool: (tool: string) => void): void {
  switch (wish.show) {
    case 'view':
      return workbench.show(wish.view);
    case 'session':
      sessions.select(wish.session);
      return workbench.show('session');
    case 'panel':
      sessions.select(wish.session);
      workbench.show('session');
      return workbench.reveal(wish.panel);
    case 'records':
      return workbench.showRecords(wish.filters);
    case 'tool':
      return onTool(wish.tool);
  }
}

/** In the window of a panel: what is asked for that it does not have is shown by the window that the panel left. */
export function usePassWishesOn({ session, panel, from }: Detached): void {
  const { workbench, sessions } = useServices();
  useEffect(() => {
    workbench.show('session');
    const ask = (wish: WindowWish): void => askWindow(from, wish);
    const stopSessions = sessions.store.subscribe(({ selected }) => {
      if (selected === session) return;
      if (selected !== undefined) ask({ show: 'session', session: selected });
      sessions.select(session);
    });
    sessions.select(session);
    const stopWorkbench = workbench.store.subscribe(({ view, wantedRecords, wantedDetached }, former) => {
      if (wantedDetached !== former.wantedDetached) return window.close();
      if (wantedRecords !== former.wantedRecords && wantedRecords !== undefined && panel !== 'audit') {
        ask({ show: 'records', filters: wantedRecords.filters });
      }
      const wanted = workbench.takeWish();
      if (wanted !== undefined && wanted !== panel) ask({ show: 'panel', session, panel: wanted });
      if (view === 'session') return;
      ask({ show: 'view', view });
      workbench.show('session');
    });
    return () => {
      stopSessions();
      stopWorkbench();
    };
  }, [session, panel, from, workbench, sessions]);
}
