import { useStore } from 'zustand';
import type { Session } from '../../../../schema/entities.ts';
import { useServices } from '../../../app/services.tsx';
import { ConfirmDialog } from '../../../ui/dialog.tsx';
import type { ChangesStore } from '../changes-store.ts';
import { messages } from '../messages.ts';

export interface DiscardDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly session: Session;
  readonly changes: ChangesStore;
}

/** Asks before changes are thrown away: what was rejected, or everything where nothing was. */
export function DiscardDialog({ open, onClose, session, changes: store }: DiscardDialogProps) {
  const files = useStore(store.review.store, (state) => state.files);
  const { sessions } = useServices();
  const rejected = [...files.values()].filter((file) => file.verdict === 'rejected').map((file) => file.path);
  const isRunning = session.state !== 'stopped' && session.state !== 'failed';
  const discard = async (): Promise<void> => {
    if (isRunning) await sessions.stop(session.id);
    await store.merging.discard(rejected.length === 0 ? undefined : rejected);
  };
  return (
    <ConfirmDialog
      open={open}
      onClose={onClose}
      title={messages.discardTitle(rejected.length)}
      confirmLabel={isRunning ? messages.stopAndDiscard : messages.discardConfirm}
      tone="danger"
      onConfirm={discard}
    >
      <p>{messages.discardText}</p>
      {isRunning ? <p>{messages.discardRunning}</p> : null}
    </ConfirmDialog>
  );
}
