import { useEffect } from 'react';
import { useStore } from 'zustand';
import { useNow } from '../../../app/use-now.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { formatMoment } from '../../../ui/format.ts';
import { Modal } from '../../../ui/modal.tsx';
import type { ChangesStore } from '../changes-store.ts';
import { messages } from '../messages.ts';
import { PathsPart } from './paths-part.tsx';
import '../../../ui/dialog-list.css';

const MINUTE_MS = 60_000;

export interface HistoryDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly changes: ChangesStore;
}

/** The merges and undos that are kept; each merge can be taken back. */
export function HistoryDialog({ open, onClose, changes }: HistoryDialogProps) {
  return (
    <Modal open={open} onClose={onClose} title={messages.historyTitle} width="wide">
      <History onClose={onClose} changes={changes} />
    </Modal>
  );
}

function History({ onClose, changes: { merging } }: Omit<HistoryDialogProps, 'open'>) {
  const nowMs = useNow(MINUTE_MS);
  const { history, busy } = useStore(merging.store);
  useEffect(() => void merging.loadHistory(), [merging]);
  if (history.length === 0) return <p className="muted">{messages.historyNone}</p>;
  const undo = (id: string): void => {
    onClose();
    void merging.undo(id);
  };
  return (
    <ul className="dialog-list">
      {history.map(({ id, kind, at, folder, paths, undone }) => (
        <li key={id}>
          <div className="grow">
            <p>
              <strong>{messages.historyKinds[kind]}</strong> {formatMoment(at, nowMs)}{' '}
              {undone ? <Badge>{messages.redone}</Badge> : null}
            </p>
            <p className="muted mono truncate">{folder}</p>
            <PathsPart title={messages.count(paths.length)} tone="neutral" paths={paths} />
          </div>
          {kind === 'merge' && !undone ? (
            <Button size="small" disabled={busy !== undefined} onClick={() => undo(id)}>
              {messages.undoThis}
            </Button>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
