import { RefreshCw, ScrollText, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Key } from '../../../schema/contract/key.ts';
import { useServices } from '../../app/services.tsx';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { formatMoment } from '../../ui/format.ts';
import { endsSoon, namedScopeText, stateAt, timeText } from './key-text.ts';
import type { KeysStore } from './keys-store.ts';
import { messages } from './messages.ts';
import { locale } from '../../ui/language.ts';

export interface KeyTableProps {
  readonly store: KeysStore;
  readonly keys: readonly Key[];
  readonly nowMs: number;
}

/** A row for each key, the newest first. */
export function KeyTable({ store, keys, nowMs }: KeyTableProps) {
  const { columns } = messages;
  return (
    <div className="key-table-frame">
      <table className="key-table">
        <thead>
          <tr>
            <th scope="col">{columns.key}</th>
            <th scope="col">{columns.opens}</th>
            <th scope="col">{columns.owner}</th>
            <th scope="col">{columns.expires}</th>
            <th scope="col">{columns.used}</th>
            <th scope="col">
              <span className="visually-hidden">{columns.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <KeyRow key={key.id} store={store} shown={key} nowMs={nowMs} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface KeyRowProps {
  readonly store: KeysStore;
  readonly shown: Key;
  readonly nowMs: number;
}

function KeyRow({ store, shown, nowMs }: KeyRowProps) {
  const { prefix, scope, owner, lastUsedAt, notice } = shown;
  const state = stateAt(shown, nowMs);
  const sessions = useStore(useServices().sessions.store, (each) => each.sessions);
  return (
    <tr data-key={shown.id} data-state={state}>
      <td className="mono">{prefix}</td>
      <td>{namedScopeText(scope, sessions)}</td>
      <td className="truncate">{owner}</td>
      <td>
        <End shown={shown} nowMs={nowMs} />
      </td>
      <td className="muted">{lastUsedAt === undefined ? messages.never : formatMoment(lastUsedAt, nowMs)}</td>
      <td className="key-actions">
        {notice === undefined ? null : (
          <Badge tone={notice === 'failed' ? 'bad' : 'neutral'}>{messages.notices[notice]}</Badge>
        )}
        <Acts store={store} shown={shown} state={state} />
      </td>
    </tr>
  );
}

const STATE_TONES: Record<Key['state'], Tone> = {
  active: 'good',
  expired: 'warn',
  rotated: 'neutral',
  revoked: 'neutral',
};

function End({ shown, nowMs }: Pick<KeyRowProps, 'shown' | 'nowMs'>) {
  const state = stateAt(shown, nowMs);
  const { expiresAt, endedAt = expiresAt } = shown;
  if (state !== 'active') {
    return (
      <span className="key-end">
        <Badge tone={STATE_TONES[state]}>{messages.states[state]}</Badge>
        <span className="muted">{formatMoment(endedAt, nowMs)}</span>
      </span>
    );
  }
  return (
    <span className="key-end" title={new Date(expiresAt).toLocaleString(locale())}>
      {messages.endsIn(timeText(expiresAt - nowMs))}
      {endsSoon(shown, nowMs) ? <Badge tone="warn">{messages.soon}</Badge> : null}
    </span>
  );
}

function Acts({ store, shown, state }: Omit<KeyRowProps, 'nowMs'> & { readonly state: Key['state'] }) {
  const { workbench } = useServices();
  const [asking, setAsking] = useState<'rotate' | 'revoke'>();
  const { id, prefix } = shown;
  const close = (): void => setAsking(undefined);
  return (
    <>
      <IconButton
        icon={ScrollText}
        label={messages.records(prefix)}
        onClick={() => workbench.showRecords({ actor: `key:${id}` })}
      />
      {state === 'active' ? (
        <>
          <Button
            size="small"
            icon={RefreshCw}
            aria-label={messages.rotateOf(prefix)}
            onClick={() => setAsking('rotate')}
          >
            {messages.rotate}
          </Button>
          <Button size="small" icon={Trash2} aria-label={messages.revokeOf(prefix)} onClick={() => setAsking('revoke')}>
            {messages.revoke}
          </Button>
        </>
      ) : null}
      <ConfirmDialog
        open={asking === 'rotate'}
        onClose={close}
        title={messages.rotateTitle(prefix)}
        confirmLabel={messages.rotate}
        onConfirm={async () => void (await store.rotate(id))}
      >
        {messages.rotateConfirm}
      </ConfirmDialog>
      <ConfirmDialog
        open={asking === 'revoke'}
        onClose={close}
        title={messages.revokeTitle(prefix)}
        confirmLabel={messages.revoke}
        tone="danger"
        onConfirm={async () => void (await store.revoke(id))}
      >
        {messages.revokeConfirm}
      </ConfirmDialog>
    </>
  );
}
