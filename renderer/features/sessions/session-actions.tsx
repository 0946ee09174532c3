import { CircleStop, Play, ScrollText, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Session } from '../../../schema/entities.ts';
import { useServices } from '../../app/services.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Menu } from '../../ui/menu.tsx';
import { messages } from './messages.ts';

export interface SessionActionsProps {
  readonly session: Session;
  /** The button that opens the menu. */
  readonly trigger: ReactNode;
}

/** Stop, resume, remove: with a question before what cannot be taken back. */
export function SessionActions({ session, trigger }: SessionActionsProps) {
  const { sessions, workbench } = useServices();
  const [removing, setRemoving] = useState(false);
  const canResume = session.state === 'stopped' || session.state === 'failed';
  return (
    <>
      <Menu
        trigger={trigger}
        items={[
          canResume
            ? { label: messages.resume, icon: Play, onSelect: () => void sessions.resume(session.id) }
            : {
                label: messages.stop,
                icon: CircleStop,
                disabled: session.state === 'stopping',
                onSelect: () => void sessions.stop(session.id),
              },
          {
            label: messages.records,
            icon: ScrollText,
            onSelect: () => workbench.showRecords({ session: session.id }),
          },
          {
            label: messages.remove,
            icon: Trash2,
            tone: 'danger',
            startsGroup: true,
            onSelect: () => setRemoving(true),
          },
        ]}
      />
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
    </>
  );
}
