import { useId, useRef } from 'react';
import { useStore } from 'zustand';
import { Button } from '../../../ui/button.tsx';
import { Field } from '../../../ui/field.tsx';
import { messages } from '../messages.ts';
import { readPublisherKey } from './publisher-key.ts';
import type { PublishersStore } from './publishers-store.ts';
import { useFingerprint } from './use-fingerprint.ts';

/** A public key is a line or two; whatever is longer is another file. */
const KEY_FILE_LIMIT_BYTES = 64 * 1024;

/** A public key, pasted or read from a file, with its fingerprint as soon as it is one. */
export function KeyFields({ publishers }: { readonly publishers: PublishersStore }) {
  const key = useStore(publishers.store, (state) => state.key);
  const id = useId();
  const file = useRef<HTMLInputElement>(null);
  const given = readPublisherKey(key);
  const publicKey = given.kind === 'key' ? given.publicKey : undefined;
  const fingerprint = useFingerprint(publicKey);
  const problem = given.kind === 'private' || given.kind === 'other' ? messages.keyProblems[given.kind] : undefined;
  const read = async (chosen: File | undefined): Promise<void> => {
    if (chosen !== undefined) publishers.enter({ key: await chosen.slice(0, KEY_FILE_LIMIT_BYTES).text() });
  };
  return (
    <div className="publisher-proof">
      <Field label={messages.publicKey} htmlFor={id} hint={messages.publicKeyHint} problem={problem}>
        <div className="install-path">
          <textarea
            id={id}
            className="text-area"
            rows={1}
            spellCheck={false}
            value={key}
            onChange={(event) => publishers.enter({ key: event.target.value })}
          />
          <input
            ref={file}
            type="file"
            hidden
            aria-hidden
            tabIndex={-1}
            accept=".pem,.pub,.key,.txt"
            onChange={(event) => {
              void read(event.target.files?.[0]);
              // So that the same file can be chosen again.
              event.target.value = '';
            }}
          />
          <Button onClick={() => file.current?.click()}>{messages.keyFile}</Button>
        </div>
      </Field>
      {publicKey === undefined ? null : (
        <p className="publisher-print" role="status">
          {messages.fingerprint} <span className="mono selectable">{fingerprint}</span>
        </p>
      )}
    </div>
  );
}
