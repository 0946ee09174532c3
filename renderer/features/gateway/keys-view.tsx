import { KeyRound } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { KeyTable } from './key-table.tsx';
import { endsSoon, shownKeys } from './key-text.ts';
import type { KeysStore } from './keys-store.ts';
import { messages } from './messages.ts';
import { WebhookForm } from './webhook-form.tsx';

export interface KeysViewProps {
  readonly store: KeysStore;
  readonly nowMs: number;
  /** The button that issues one. */
  readonly issue: ReactNode;
}

/** The API keys, and where their rotations are told. */
export function KeysView({ store, nowMs, issue }: KeysViewProps) {
  const { keys, which, loaded, failure } = useStore(store.store);
  const shown = shownKeys(keys, which, nowMs);
  const expiring = keys.filter((key) => endsSoon(key, nowMs)).length;
  return (
    <>
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
    </>
  );
}
