import { useState } from 'react';
import { useStore } from 'zustand';
import type { KeyWebhook } from '../../../schema/contract/key.ts';
import { Button } from '../../ui/button.tsx';
import { Field, TextField } from '../../ui/field.tsx';
import type { KeysStore } from './keys-store.ts';
import { messages } from './messages.ts';

const SHORTEST_SECRET = 16;

/** Where rotations are told, and what is still to be told. */
export function WebhookForm({ store }: { readonly store: KeysStore }) {
  const { webhook, busy } = useStore(store.store);
  const [typed, setTyped] = useState<string>();
  const [secret, setSecret] = useState('');
  if (webhook === undefined) return null;
  const url = typed ?? webhook.url ?? '';
  const isWhole = url.trim() !== '' && (secret.length >= SHORTEST_SECRET || (secret === '' && webhook.hasSecret));
  const configure = (to: string | null): void => {
    setSecret('');
    void store.configureWebhook(to, secret).then((done) => done && setTyped(undefined));
  };
  return (
    <section className="webhook" aria-labelledby="webhook-title">
      <h2 id="webhook-title">{messages.webhook}</h2>
      <p className="muted">{messages.webhookText}</p>
      <form
        className="webhook-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (isWhole) configure(url.trim());
        }}
      >
        <Field label={messages.webhookUrl} htmlFor="webhook-url" hint={messages.webhookUrlHint}>
          <TextField id="webhook-url" value={url} onChange={(event) => setTyped(event.target.value)} />
        </Field>
        <Field
          label={messages.webhookSecret}
          htmlFor="webhook-secret"
          hint={webhook.hasSecret ? messages.webhookKept : messages.webhookSecretHint}
        >
          <TextField
            id="webhook-secret"
            type="password"
            value={secret}
            onChange={(event) => setSecret(event.target.value)}
          />
        </Field>
        <span className="webhook-actions">
          <Button type="submit" busy={busy} disabled={!isWhole}>
            {messages.webhookSave}
          </Button>
          {webhook.url === null ? null : (
            <Button disabled={busy} onClick={() => configure(null)}>
              {messages.webhookOff}
            </Button>
          )}
        </span>
      </form>
      <WebhookState webhook={webhook} />
    </section>
  );
}

function WebhookState({ webhook: { url, hasSecret, waiting, failed, lastProblem } }: { readonly webhook: KeyWebhook }) {
  if (url === null) return null;
  const lines = [
    ...(hasSecret ? [] : [messages.webhookNoSecret]),
    ...(waiting === 0 ? [] : [messages.webhookWaiting(waiting)]),
    ...(failed === 0 ? [] : [messages.webhookFailed(failed)]),
    ...(lastProblem === undefined ? [] : [messages.webhookProblem(lastProblem)]),
  ];
  return lines.length === 0 ? null : (
    <ul className="webhook-state">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
