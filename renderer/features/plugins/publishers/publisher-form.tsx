import { type FormEvent, useId } from 'react';
import { useStore } from 'zustand';
import type { Publisher } from '../../../../schema/contract/plugin.ts';
import { Button } from '../../../ui/button.tsx';
import { FailureNotice } from '../../../ui/failure-notice.tsx';
import { Field, TextField } from '../../../ui/field.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { messages } from '../messages.ts';
import { KeyFields } from './key-fields.tsx';
import { readPublisherKey } from './publisher-key.ts';
import type { ProofKind, PublishersStore } from './publishers-store.ts';

const KINDS = (['key', 'sigstore'] as const).map((value) => ({ value, label: messages.kinds[value] }));

/** One more publisher: a name, and a key with its fingerprint or an identity. */
export function PublisherForm({ publishers }: { readonly publishers: PublishersStore }) {
  const draft = useStore(publishers.store);
  const { name, kind, failure, busy } = draft;
  const id = useId();
  const proof = proofOf(draft);
  const trust = (event: FormEvent): void => {
    event.preventDefault();
    if (proof !== undefined && name.trim() !== '') void publishers.trust(proof);
  };
  return (
    <form className="publisher-form" aria-label={messages.addPublisher} onSubmit={trust}>
      <h2>{messages.addPublisher}</h2>
      <div>
        <Segmented<ProofKind>
          label={messages.kind}
          value={kind}
          options={KINDS}
          onChange={(next) => publishers.enter({ kind: next })}
        />
      </div>
      <div className="publisher-form-row">
        <Field label={messages.publisherName} htmlFor={`${id}name`} hint={messages.publisherNameHint}>
          <TextField
            id={`${id}name`}
            value={name}
            onChange={(event) => publishers.enter({ name: event.target.value })}
          />
        </Field>
        {kind === 'key' ? <KeyFields publishers={publishers} /> : <IdentityFields publishers={publishers} />}
      </div>
      {failure ? <FailureNotice failure={failure} compact /> : null}
      <div className="publisher-form-actions">
        <Button tone="primary" type="submit" busy={busy} disabled={proof === undefined || name.trim() === ''}>
          {messages.trust}
        </Button>
      </div>
    </form>
  );
}

function IdentityFields({ publishers }: { readonly publishers: PublishersStore }) {
  const { issuer, subject } = useStore(publishers.store);
  const id = useId();
  return (
    <div className="publisher-proof">
      <Field label={messages.subject} htmlFor={`${id}subject`} hint={messages.subjectHint}>
        <TextField
          id={`${id}subject`}
          className="mono"
          value={subject}
          onChange={(event) => publishers.enter({ subject: event.target.value })}
        />
      </Field>
      <Field label={messages.issuer} htmlFor={`${id}issuer`} hint={messages.issuerHint}>
        <TextField
          id={`${id}issuer`}
          className="mono"
          value={issuer}
          onChange={(event) => publishers.enter({ issuer: event.target.value })}
        />
      </Field>
    </div>
  );
}

interface ProofDraft {
  readonly kind: ProofKind;
  readonly key: string;
  readonly issuer: string;
  readonly subject: string;
}

/** What the call takes; undefined where it would not take it. */
function proofOf({ kind, key, issuer, subject }: ProofDraft): Pick<Publisher, 'publicKey' | 'identity'> | undefined {
  if (kind === 'key') {
    const given = readPublisherKey(key);
    return given.kind === 'key' ? { publicKey: given.publicKey } : undefined;
  }
  const identity = { issuer: issuer.trim(), subject: subject.trim() };
  return /^https:\/\/[!-~]+$/.test(identity.issuer) && /^[!-~]+$/.test(identity.subject) ? { identity } : undefined;
}
