import { useState } from 'react';
import type { SecretInfo } from '../../../schema/contract/secret.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox, Field, TextField } from '../../ui/field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { messages } from './messages.ts';
import { formOf, type SecretKind } from './secret-form.ts';
import type { SecretPlugin, SecretsStore } from './secrets-store.ts';

export interface HandFormProps {
  readonly secrets: SecretsStore;
  readonly kept: readonly SecretInfo[];
  readonly plugins: readonly SecretPlugin[];
  readonly busy: boolean;
}

const KINDS: readonly SecretKind[] = ['variable', 'file', 'header'];

/** Hands one of the kept secrets to the session, its folder, or a plugin there. */
export function HandForm({ secrets, kept, plugins, busy }: HandFormProps) {
  const [chosen, setChosen] = useState('');
  const [asked, setKind] = useState<SecretKind>('variable');
  const [plugin, setPlugin] = useState('');
  const [place, setPlace] = useState('');
  const [isForFolder, setForFolder] = useState(false);
  const name = kept.some((each) => each.name === chosen) ? chosen : (kept[0]?.name ?? '');
  const isForPlugin = plugins.some(({ id }) => id === plugin);
  const kind = isForPlugin ? 'header' : asked;
  const as = formOf(kind, place);
  return (
    <section>
      <h3>{messages.handTitle}</h3>
      <form
        className={plugins.length === 0 ? 'secrets-form' : 'secrets-form secrets-form-to'}
        onSubmit={(event) => {
          event.preventDefault();
          if (as === undefined) return;
          const scope = isForFolder ? 'workspace' : 'session';
          const to = { scope, ...(isForPlugin ? { plugin } : {}) } as const;
          void secrets.hand(name, as, to).then((handed) => handed && setPlace(''));
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
        {plugins.length === 0 ? null : (
          <Field label={messages.to} htmlFor="secret-to">
            <select
              id="secret-to"
              className="select-field"
              value={isForPlugin ? plugin : ''}
              onChange={(event) => setPlugin(event.target.value)}
            >
              <option value="">{messages.toSession}</option>
              <optgroup label={messages.toPlugins}>
                {plugins.map(({ id, displayName }) => (
                  <option key={id} value={id}>
                    {displayName}
                  </option>
                ))}
              </optgroup>
            </select>
          </Field>
        )}
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
        {isForPlugin ? (
          <span className="muted">{messages.pluginNote}</span>
        ) : (
          <Segmented
            label={messages.kind}
            value={kind}
            options={KINDS.map((each) => ({ value: each, label: messages.kinds[each] }))}
            onChange={setKind}
          />
        )}
        <Checkbox checked={isForFolder} onChange={setForFolder} label={messages.scope} />
      </div>
    </section>
  );
}
