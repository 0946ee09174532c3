import { useEffect, useState } from 'react';
import type { Wish } from '../../schema/contract/window.ts';
import { follow } from '../app/follow.ts';
import { type Services, useServices } from '../app/services.tsx';
import { windowSlot } from '../app/window-slot.ts';
import type { ApprovalsStore } from '../features/approvals/approvals-store.ts';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { messages } from './messages.ts';

/** Many links at once are no reason to ask for ever. */
const WAITING_LIMIT = 8;
/** A second click that was meant for one question must not answer the next. */
const NEXT_AFTER_MS = 700;

/** Shows what the desktop asks for. What may come from anybody – a link, a start with a folder – is shown only when the person says yes, one after the other. */
export function Wishes({ approvals }: { readonly approvals: ApprovalsStore }) {
  const services = useServices();
  const { client } = services;
  const [waiting, setWaiting] = useState<readonly Wish[]>([]);
  const [isPausing, setPausing] = useState(false);
  const asked = isPausing ? undefined : waiting[0];
  useEffect(() => {
    if (!isPausing) return;
    const timer = setTimeout(() => setPausing(false), NEXT_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isPausing]);
  useEffect(() => {
    const abort = new AbortController();
    void follow({
      signal: abort.signal,
      open: (signal) => client.window.wishes({ window: windowSlot }, { signal }),
      onEvent: ({ wish, ask }) =>
        ask ? setWaiting((wishes) => [...wishes, wish].slice(0, WAITING_LIMIT)) : grant(wish, services, approvals),
    });
    return () => abort.abort();
  }, [client, services, approvals]);
  const { wishes } = messages;
  return (
    <ConfirmDialog
      open={asked !== undefined}
      onClose={() => {
        setWaiting((wishes) => wishes.slice(1));
        setPausing(true);
      }}
      title={asked?.show === 'folder' ? wishes.folderTitle : wishes.title}
      confirmLabel={asked?.show === 'folder' ? wishes.openFolder : wishes.show}
      onConfirm={() => {
        if (asked !== undefined) grant(asked, services, approvals);
      }}
    >
      <p>{asked?.show === 'folder' ? wishes.folderText : wishes.text}</p>
      <p className="mono selectable">{asked === undefined ? '' : nameOf(asked)}</p>
    </ConfirmDialog>
  );
}

function nameOf(wish: Wish): string {
  switch (wish.show) {
    case 'session':
      return messages.wishes.session(wish.session);
    case 'approval':
      return messages.wishes.approval(wish.approval);
    case 'audit':
      return messages.wishes.audit(wish.act);
    case 'folder':
      return wish.path;
    case 'view':
      return wish.view;
  }
}

function grant(wish: Wish, { sessions, workbench, notices }: Services, approvals: ApprovalsStore): void {
  switch (wish.show) {
    case 'session': {
      const isThere = sessions.store.getState().sessions.some(({ id }) => id === wish.session);
      if (!isThere) return notices.tell(messages.wishes.noSession(wish.session));
      sessions.select(wish.session);
      return workbench.show('session');
    }
    case 'approval':
      approvals.select(wish.approval);
      return workbench.show('approvals');
    case 'audit':
      workbench.show('audit');
      return workbench.showRecords({ act: wish.act });
    case 'folder':
      return void sessions.create(wish.path);
    case 'view':
      return workbench.show(wish.view);
  }
}
