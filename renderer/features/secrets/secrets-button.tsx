import { KeyRound } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Session } from '../../../schema/entities.ts';
import { useServices } from '../../app/services.tsx';
import { Button } from '../../ui/button.tsx';
import { Modal } from '../../ui/modal.tsx';
import { messages } from './messages.ts';
import { SecretsView } from './secrets-view.tsx';
import { SecretsStore } from './secrets-store.ts';

/** Leads to what a session is given of the key store. */
export function SecretsButton({ session }: { readonly session: Pick<Session, 'id' | 'workspace'> }) {
  const { client, notices } = useServices();
  const { id, workspace } = session;
  const secrets = useMemo(
    () => new SecretsStore({ client, session: { id, workspace }, onFailure: notices.fail }),
    [client, id, workspace, notices],
  );
  const [shown, setShown] = useState(false);
  return (
    <>
      <Button
        className="button-folding"
        size="small"
        tone="ghost"
        icon={KeyRound}
        title={messages.buttonTitle}
        onClick={() => {
          setShown(true);
          void secrets.load();
        }}
      >
        {messages.button}
      </Button>
      <Modal open={shown} onClose={() => setShown(false)} title={messages.title} width="wide">
        <SecretsView secrets={secrets} />
      </Modal>
    </>
  );
}
