import { CircleStop, Play, ScrollText, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Session } from '../../../schema/entities.ts';
import { useServices } from '../../app/services.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import type { MenuItem } from '../../ui/menu.tsx';
import { messages } from './messages.ts';

export interface SessionActionItems {
  readonly items: readonly MenuItem[];
  /** Has to be rendered: the question before what cannot be taken back. */
  readonly question: ReactNode;
}

/** What can be done with a session: stop, resume, look at its records, remove. */
export function useSessionActions(session: Session): SessionActionItems {
  const { sessions, workbench } = useServices();
  const [removing, setRemoving] = useState(false);
  const canResume = session.state === 'stopped' || session.state === 'failed';
  const items: readonly MenuItem[] = [
    canResume
      ? { label: messages.resume, icon: Play, onSelect: () => void sessions.resume(session.id) }
      : {
          label: messages.stop,
          icon: CircleStop,
          disabled: session.state === 'stopping',
          onSelect: () => void sessions.stop(session.id),
        },
    { label: messages.records, icon: ScrollText, onSelect: () => workbench.showRecords({ session: session.id }) },
    {
      label: messages.remove,
      icon: Trash2,
      tone: 'danger',
      startsGroup: true,
      onSelect: () => setRemoving(true),
    },
  ];
  const question = (
    <ConfirmDialog
      open={removing}
      onClose={() => setRemoving(false)}
      title={messages.removeTitle(session.name)}
      confirmLabel={messages.removeConfirm}
      tone="danger"
      onConfirm={() => sessions.remove(session.id)}
    >
      <p>{messages.removeText}</p>
      <p className="mono selectable">{session.workspace}</p>
    </ConfirmDialog>
  );
  return { items, question };
}
