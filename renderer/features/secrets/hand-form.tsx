import { useState } from 'react';
import type { SecretInfo } from '../../../schema/contract/secret.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox, Field, TextField } from '../../ui/field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { messages } from './messages.ts';
import { formOf, type SecretKind } from './secret-form.ts';
import type { SecretsStore } from './secrets-store.ts';

export interface HandFormProps {
  readonly secrets: SecretsStore;
  readonly kept: readonly SecretInfo[];
  readonly busy: boolean;
}

const KINDS: readonly SecretKind[] = ['variable', 'file', 'header'];

/** Hands one of the kept secrets to the session, or to its folder. */
export function HandForm({ secrets, kept, busy }: HandFormProps) {
  const [chosen, setChosen] = useState('');
  const [kind, setKind] = useState<SecretKind>('variable');
  const [place, setPlace] = useState('');
  const [isForFolder, setForFolder] = useState(false);
  const name = kept.some((each) => each.name === chosen) ? chosen : (kept[0]?.name ?? '');
  const as = formOf(kind, place);
  return (
    <section>
      <h3>{messages.handTitle}</h3>
      <form
        className="secrets-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (as === undefined) return;
          void secrets.hand(name, as, isForFolder ? 'workspace' : 'session').then((handed) => handed && setPlace(''));
        }}
      >
        <Field label={messages.secret} htmlFor="secret-chosen">
          <select
            id="secret-chosen"
            className="select-field"
            value={name}
            onChange={(event) => setChosen(event.target.value)}
          >
            {kept.map((each) => (
              <option key={each.name}>{each.name}</option>
            ))}
          </select>
        </Field>
        <Field label={messages.places[kind]} htmlFor="secret-place">
          <TextField
            id="secret-place"
            value={place}
            placeholder={messages.placeHints[kind]}
            onChange={(event) => setPlace(event.target.value)}
          />
        </Field>
        <Button type="submit" tone="primary" busy={busy} disabled={as === undefined}>
          {messages.hand}
        </Button>
      </form>
      <div className="secrets-how">
        <Segmented
          label={messages.kind}
          value={kind}
          options={KINDS.map((each) => ({ value: each, label: messages.kinds[each] }))}
          onChange={setKind}
        />
        <Checkbox checked={isForFolder} onChange={setForFolder} label={messages.scope} />
      </div>
    </section>
  );
}
