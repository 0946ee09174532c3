import { useEffect, useState } from 'react';
import type { ListedHanding } from '../../../../schema/contract/secret.ts';
import { useServices } from '../../../app/services.tsx';
import { Button } from '../../../ui/button.tsx';
import { Spinner } from '../../../ui/spinner.tsx';
import { messages } from '../messages.ts';
import { HandForm } from './hand-form.tsx';
import { type PluginSecrets, secretsOf } from './secrets-of.ts';
import './secrets.css';

/** What of the key store is put into a plugin's requests, with what takes it back and hands more in. */
export function SecretsView({ id, name }: { readonly id: string; readonly name: string }) {
  const { client, notices } = useServices();
  const [shown, setShown] = useState<PluginSecrets>();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    const abort = new AbortController();
    secretsOf(client, id, abort.signal).then(setShown, notices.fail);
    return () => abort.abort();
  }, [client, id, notices]);
  /** True where it was done; a failure is told in the corner. */
  const work = async (act: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    try {
      await act();
      setShown(await secretsOf(client, id));
      return true;
    } catch (thrown) {
      notices.fail(thrown);
      return false;
    } finally {
      setBusy(false);
    }
  };
  const hand = (secret: string, origin: string): Promise<boolean> =>
    work(async () => {
      await client.secret.hand({ name: secret, plugin: id, as: { kind: 'header', origin } });
      notices.tell(messages.secretHandedNotice(secret, name));
    });
  if (shown === undefined) return <Spinner />;
  return (
    <>
      <section className="plugin-section">
        <h3>{messages.secretsHanded}</h3>
        <p className="muted">{messages.secretsText}</p>
        {shown.handings.length === 0 ? (
          <p>{messages.secretsNone}</p>
        ) : (
          <ul className="plugin-secrets">
            {shown.handings.map((handing) => (
              <li key={handing.id}>
                <span className="grow">
                  <strong>{handing.name}</strong> {shownForm(handing)}
                  <span className="muted">, {shownScope(handing)}</span>
                </span>
                <Button
                  size="small"
                  disabled={busy}
                  onClick={() => void work(() => client.secret.withdraw({ id: handing.id }))}
                >
                  {messages.secretTakeBack}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section className="plugin-section">
        <h3>{messages.secretHandTitle}</h3>
        {shown.kept.length === 0 ? (
          <p className="muted">{messages.secretsNoneKept}</p>
        ) : (
          <HandForm kept={shown.kept} busy={busy} onHand={hand} />
        )}
      </section>
    </>
  );
}

function shownForm({ as }: ListedHanding): string {
  // A plugin is given one in no other way.
  return as.kind === 'header' ? messages.secretHeader(as.origin) : '';
}

function shownScope({ session, workspace, withheld }: ListedHanding): string {
  const { all, folder, session: one } = messages.secretScopes;
  const place = session === undefined ? (workspace === undefined ? all : folder(workspace)) : one;
  return withheld === undefined ? place : `${place}, ${messages.secretWithheld[withheld]}`;
}
