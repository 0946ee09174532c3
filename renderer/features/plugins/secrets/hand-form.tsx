import { useState } from 'react';
import { SECRET_ORIGIN, type SecretInfo } from '../../../../schema/contract/secret.ts';
import { Button } from '../../../ui/button.tsx';
import { Field, TextField } from '../../../ui/field.tsx';
import { messages } from '../messages.ts';

export interface HandFormProps {
  readonly kept: readonly SecretInfo[];
  readonly busy: boolean;
  /** True where it was handed in. */
  readonly onHand: (secret: string, origin: string) => Promise<boolean>;
}

/** Hands one of the kept secrets to the plugin, for its requests to one server. */
export function HandForm({ kept, busy, onHand }: HandFormProps) {
  const [chosen, setChosen] = useState('');
  const [typed, setTyped] = useState('');
  const name = kept.some((each) => each.name === chosen) ? chosen : (kept[0]?.name ?? '');
  const origin = typed.trim().replace(/\/$/, '');
  const isWhole = SECRET_ORIGIN.test(origin);
  return (
    <form
      className="plugin-secrets-form"
      aria-label={messages.secretHandTitle}
      onSubmit={(event) => {
        event.preventDefault();
        if (isWhole) void onHand(name, origin).then((handed) => handed && setTyped(''));
      }}
    >
      <Field label={messages.secretName} htmlFor="plugin-secret-name">
        <select
          id="plugin-secret-name"
          className="select-field"
          value={name}
          onChange={(event) => setChosen(event.target.value)}
        >
          {kept.map((each) => (
            <option key={each.name}>{each.name}</option>
          ))}
        </select>
      </Field>
      <Field label={messages.secretOrigin} htmlFor="plugin-secret-origin">
        <TextField
          id="plugin-secret-origin"
          value={typed}
          placeholder={messages.secretOriginHint}
          onChange={(event) => setTyped(event.target.value)}
        />
      </Field>
      <Button type="submit" tone="primary" busy={busy} disabled={!isWhole}>
        {messages.secretHand}
      </Button>
    </form>
  );
}
