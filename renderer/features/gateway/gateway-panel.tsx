import { KeyRound, Plus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useNow } from '../../app/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { Checkbox } from '../../ui/field.tsx';
import { Panel } from '../../ui/panel.tsx';
import { IssueForm } from './issue-form.tsx';
import { KeyTable } from './key-table.tsx';
import { endsSoon, shownKeys } from './key-text.ts';
import type { KeysStore } from './keys-store.ts';
import { messages } from './messages.ts';
import { NewToken } from './new-token.tsx';
import { WebhookForm } from './webhook-form.tsx';
import './gateway.css';

const VIEW = 'gateway';
const MINUTE_MS = 60_000;

/** Who may come in from outside: the API keys, and where their rotations are told. */
export function GatewayPanel({ keys: store }: { readonly keys: KeysStore }) {
  const { keys, which, loaded, failure } = useStore(store.store);
  const [isIssuing, setIssuing] = useState(false);
  const nowMs = useNow(MINUTE_MS);
  useEffect(() => {
    const abort = new AbortController();
    void store.follow(abort.signal);
    return () => abort.abort();
  }, [store]);
  const issue = (
    <Button size="small" icon={Plus} onClick={() => setIssuing(true)}>
      {messages.issue}
    </Button>
  );
  const bar = (
    <>
      <h2 className="gateway-title">{messages.title}</h2>
      <span className="grow" />
      <Checkbox
        checked={which === 'all'}
        onChange={(checked) => store.show(checked ? 'all' : 'in force')}
        label={messages.showEnded}
      />
      {issue}
    </>
  );
  const shown = shownKeys(keys, which, nowMs);
  const expiring = keys.filter((key) => endsSoon(key, nowMs)).length;
  return (
    <Panel name={VIEW} bar={bar}>
      <div className="gateway">
        {failure ? <FailureNotice failure={failure} /> : null}
        {loaded && keys.length === 0 ? (
          <EmptyState icon={KeyRound} title={messages.none} actions={issue}>
            {messages.noneText}
          </EmptyState>
        ) : null}
        {keys.length === 0 ? null : <p className="muted gateway-about">{messages.about}</p>}
        {expiring === 0 ? null : (
          <p className="gateway-warning" role="status">
            <strong>{messages.expiring(expiring)}</strong> {messages.expiringText}
          </p>
        )}
        {keys.length > 0 && shown.length === 0 ? <p className="muted">{messages.onlyEnded}</p> : null}
        {shown.length === 0 ? null : <KeyTable store={store} keys={shown} nowMs={nowMs} />}
        {keys.length === 0 ? null : <WebhookForm store={store} />}
      </div>
      <IssueForm store={store} open={isIssuing} onClose={() => setIssuing(false)} />
      <NewToken store={store} />
    </Panel>
  );
}
