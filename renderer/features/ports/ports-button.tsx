import { Cable } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { SessionId } from '../../../schema/entities.ts';
import { useServices } from '../../app/services.tsx';
import { Button } from '../../ui/button.tsx';
import { Modal } from '../../ui/modal.tsx';
import { messages } from './messages.ts';
import { PortList } from './port-list.tsx';
import { PortsStore } from './ports-store.ts';
import './ports.css';

/** Says how many ports of a running sandbox are open, and leads to them. */
export function PortsButton({ session }: { readonly session: SessionId }) {
  const { client, notices } = useServices();
  const ports = useMemo(() => new PortsStore({ client, session, onFailure: notices.fail }), [client, session, notices]);
  const [shown, setShown] = useState(false);
  const open = useStore(ports.store, (state) => state.open.length);
  useEffect(() => {
    const leaving = new AbortController();
    void ports.follow(leaving.signal);
    return () => leaving.abort();
  }, [ports]);
  return (
    <>
      <Button
        className="ports-button button-folding"
        size="small"
        tone="ghost"
        icon={Cable}
        title={messages.buttonTitle}
        data-open={open > 0 || undefined}
        onClick={() => setShown(true)}
      >
        {messages.button(open)}
      </Button>
      <Modal open={shown} onClose={() => setShown(false)} title={messages.title}>
        <PortList ports={ports} />
      </Modal>
    </>
  );
}
