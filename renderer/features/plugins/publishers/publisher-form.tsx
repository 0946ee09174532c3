import { type FormEvent, useId, useRef } from 'react';
import { useStore } from 'zustand';
import { Button } from '../../../ui/button.tsx';
import { FailureNotice } from '../../../ui/failure-notice.tsx';
import { Field, TextField } from '../../../ui/field.tsx';
import { messages } from '../messages.ts';
import { readPublisherKey } from './publisher-key.ts';
import type { PublishersStore } from './publishers-store.ts';
import { useFingerprint } from './use-fingerprint.ts';

/** A public key is a line or two; whatever is longer is another file. */
const KEY_FILE_LIMIT_BYTES = 64 * 1024;

/** One more publisher: a name, a key pasted or read from a file, and its fingerprint before it is trusted. */
export function PublisherForm({ publishers }: { readonly publishers: PublishersStore }) {
  const { name, key, failure, busy } = useStore(publishers.store);
  const id = useId();
  const file = useRef<HTMLInputElement>(null);
  const given = readPublisherKey(key);
  const publicKey = given.kind === 'key' ? given.publicKey : undefined;
  const fingerprint = useFingerprint(publicKey);
  const problem = given.kind === 'private' || given.kind === 'other' ? messages.keyProblems[given.kind] : undefined;
  const trust = (event: FormEvent): void => {
    event.preventDefault();
    if (publicKey !== undefined && name.trim() !== '') void publishers.trust(publicKey);
  };
  const read = async (chosen: File | undefined): Promise<void> => {
    if (chosen !== undefined) publishers.enter({ key: await chosen.slice(0, KEY_FILE_LIMIT_BYTES).text() });
  };
  return (
    <form className="publisher-form" aria-label={messages.addPublisher} onSubmit={trust}>
      <h2>{messages.addPublisher}</h2>
      <div className="publisher-form-row">
        <Field label={messages.publisherName} htmlFor={`${id}name`} hint={messages.publisherNameHint}>
          <TextField
            id={`${id}name`}
            value={name}
            onChange={(event) => publishers.enter({ name: event.target.value })}
          />
        </Field>
        <Field label={messages.publicKey} htmlFor={`${id}key`} hint={messages.publicKeyHint} problem={problem}>
          <textarea
            id={`${id}key`}
            className="text-area"
            rows={1}
            spellCheck={false}
            value={key}
            onChange={(event) => publishers.enter({ key: event.target.value })}
          />
        </Field>
      </div>
      {publicKey === undefined ? null : (
        <p className="publisher-print" role="status">
          {messages.fingerprint} <span className="mono selectable">{fingerprint}</span>
        </p>
      )}
      {failure ? <FailureNotice failure={failure} compact /> : null}
      <div className="publisher-form-actions">
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
        <Button tone="primary" type="submit" busy={busy} disabled={publicKey === undefined || name.trim() === ''}>
          {messages.trust}
        </Button>
      </div>
    </form>
  );
}
