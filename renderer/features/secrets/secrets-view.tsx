import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { ListedHanding } from '../../../schema/contract/secret.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Field, TextField } from '../../ui/field.tsx';
import { HandForm } from './hand-form.tsx';
import { messages } from './messages.ts';
import { isSecretName } from './secret-form.ts';
import type { SecretsStore } from './secrets-store.ts';
import './secrets.css';

const SHORTEST_SECRET = 8;

/** What is handed in, with forms to hand in and to add. */
export function SecretsView({ secrets }: { readonly secrets: SecretsStore }) {
  const { secrets: kept, handings, plugins, busy } = useStore(secrets.store);
  return (
    <div className="secrets">
      <p className="muted">{messages.about}</p>
      <section>
        <h3>{messages.handed}</h3>
        {handings.length === 0 ? (
          <p className="muted">{messages.handedNone}</p>
        ) : (
          <ul className="secrets-list">
            {handings.map((handing) => (
              <li key={handing.id}>
                <span className="grow">
                  <strong>{handing.name}</strong> {shownForm(handing)}
                  <span className="muted">{shownScope(handing)}</span>
                </span>
                <Button size="small" disabled={busy} onClick={() => void secrets.withdraw(handing.id)}>
                  {messages.withdraw}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </section>
      {kept.length === 0 ? null : <HandForm secrets={secrets} kept={kept} plugins={plugins} busy={busy} />}
      <AddForm secrets={secrets} busy={busy} />
      {kept.length === 0 ? null : (
        <section>
          <h3>{messages.kept}</h3>
          <ul className="secrets-kept">
            {kept.map(({ name }) => (
              <li key={name}>
                <span className="mono">{name}</span>
                <IconButton
                  icon={Trash2}
                  label={messages.removeTitle(name)}
                  disabled={busy}
                  onClick={() => void secrets.remove(name)}
                />
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function shownScope({ session, workspace, withheld }: ListedHanding): string {
  const place = workspace === undefined ? (session === undefined ? messages.toAll : undefined) : messages.toFolder;
  return [place, withheld && messages.withheld[withheld]].flatMap((each) => (each ? `, ${each}` : [])).join('');
}

function shownForm({ as, plugin }: ListedHanding): string {
  switch (as.kind) {
    case 'variable':
      return messages.variable(as.variable);
    case 'file':
      return messages.file(as.file);
    case 'header':
      return plugin === undefined ? messages.header(as.origin) : messages.pluginHeader(plugin, as.origin);
  }
}

function AddForm({ secrets, busy }: { readonly secrets: SecretsStore; readonly busy: boolean }) {
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const isWhole = isSecretName(name) && value.length >= SHORTEST_SECRET;
  return (
    <section>
      <h3>{messages.addTitle}</h3>
      <form
        className="secrets-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isWhole) return;
          setValue('');
          void secrets.add(name, value).then((added) => added && setName(''));
        }}
      >
        <Field label={messages.name} htmlFor="secret-name" hint={messages.nameHint}>
          <TextField id="secret-name" value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label={messages.value} htmlFor="secret-value" hint={messages.valueHint}>
          <TextField
            id="secret-value"
            type="password"
            value={value}
            onChange={(event) => setValue(event.target.value)}
          />
        </Field>
        <Button type="submit" busy={busy} disabled={!isWhole}>
          {messages.add}
        </Button>
      </form>
    </section>
  );
}
