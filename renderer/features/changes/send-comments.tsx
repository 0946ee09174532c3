import { Send } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Session, Terminal } from '../../../schema/entities.ts';
import { useServices } from '../../app/services.tsx';
import { Button } from '../../ui/button.tsx';
import { Modal } from '../../ui/modal.tsx';
import type { ChangesStore } from './changes-store.ts';
import { messages } from './messages.ts';

export interface SendCommentsProps {
  readonly session: Session;
  readonly changes: ChangesStore;
  readonly open: boolean;
  readonly onOpen: (open: 'open' | 'closed') => void;
}

/** While there are comments that nobody was sent: to whom they go. */
export function SendComments({ session, changes: store, open, onOpen }: SendCommentsProps) {
  const count = useStore(
    store.review.store,
    (state) => state.comments.filter((comment) => comment.sentAt === undefined).length,
  );
  if (count === 0) return null;
  return (
    <>
      <Button size="small" icon={Send} title={messages.sendComments(count)} onClick={() => onOpen('open')}>
        {messages.sendComments(count)}
      </Button>
      <Modal open={open} onClose={() => onOpen('closed')} title={messages.sendComments(count)}>
        <Receivers session={session} changes={store} onSent={() => onOpen('closed')} />
      </Modal>
    </>
  );
}

interface ReceiversProps {
  readonly session: Session;
  readonly changes: ChangesStore;
  readonly onSent: () => void;
}

function Receivers({ session, changes: store, onSent }: ReceiversProps) {
  const { client, notices } = useServices();
  const [terminals, setTerminals] = useState<readonly Terminal[]>([]);
  useEffect(() => {
    client.terminal
      .list({ session: session.id })
      .then((listed) => setTerminals(listed.terminals.filter((terminal) => terminal.state === 'open')))
      .catch(store.onFailure);
  }, [client, session.id, store]);
  const send = async (terminal: Terminal | undefined): Promise<void> => {
    const count = await store.review.send(terminal?.id);
    if (count > 0) notices.tell(messages.commentsSent(count));
    onSent();
  };
  return (
    <div className="receivers" role="group" aria-label={messages.sendTo}>
      {terminals.map((terminal) => (
        <Button key={terminal.id} onClick={() => void send(terminal)}>
          {messages.sendTerminal(terminal.title)}
        </Button>
      ))}
      <Button onClick={() => void send(undefined)}>{messages.sendWaiting}</Button>
    </div>
  );
}
