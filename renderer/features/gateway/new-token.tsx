import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { Button } from '../../ui/button.tsx';
import { Field, TextField } from '../../ui/field.tsx';
import { Modal } from '../../ui/modal.tsx';
import { scopeText } from './key-text.ts';
import type { KeysStore } from './keys-store.ts';
import { messages } from './messages.ts';

/** A token, the one time that it is shown. Closing is forgetting it. */
export function NewToken({ store }: { readonly store: KeysStore }) {
  const issued = useStore(store.store, (state) => state.issued);
  return (
    <Modal open={issued !== undefined} onClose={() => store.forgetToken()} title={messages.issuedTitle} width="wide">
      {issued === undefined ? null : (
        <div className="new-token">
          <p>{issued.by === 'rotation' ? messages.rotatedText : messages.issuedText}</p>
          <Field
            label={messages.token}
            htmlFor="new-token"
            hint={`${scopeText(issued.key.scope)}, ${issued.key.owner}`}
          >
            <TextField
              id="new-token"
              className="mono"
              readOnly
              value={issued.key.token}
              onFocus={(event) => event.target.select()}
            />
          </Field>
          <div className="new-token-actions">
            <CopyToken token={issued.key.token} />
            <Button onClick={() => store.forgetToken()}>{messages.done}</Button>
          </div>
        </div>
      )}
    </Modal>
  );
}

function CopyToken({ token }: { readonly token: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(token);
    setCopied(true);
  };
  return (
    <Button tone="primary" icon={isCopied ? Check : Copy} onClick={() => void copy()}>
      {isCopied ? messages.copied : messages.copy}
    </Button>
  );
}
