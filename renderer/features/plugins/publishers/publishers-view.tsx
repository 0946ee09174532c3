import { KeyRound } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Publisher } from '../../../../schema/contract/plugin.ts';
import { useServices } from '../../../app/services.tsx';
import { useNow } from '../../../app/use-now.ts';
import { Button } from '../../../ui/button.tsx';
import { ConfirmDialog } from '../../../ui/dialog.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Checkbox } from '../../../ui/field.tsx';
import { formatMoment } from '../../../ui/format.ts';
import { messages } from '../messages.ts';
import type { PluginsStore } from '../plugins-store.ts';
import { PublisherForm } from './publisher-form.tsx';
import type { PublishersStore } from './publishers-store.ts';
import { useFingerprint } from './use-fingerprint.ts';

const MINUTE_MS = 60_000;

export interface PublishersViewProps {
  readonly publishers: PublishersStore;
  readonly plugins: PluginsStore;
}

/** Whose signatures are trusted, and who more could be. */
export function PublishersView({ publishers: store, plugins }: PublishersViewProps) {
  const list = useStore(store.store, (state) => state.publishers);
  useEffect(() => void store.load(), [store]);
  return (
    <div className="publishers">
      <section className="plugin-section" aria-label={messages.publishers}>
        <h2>{messages.publishers}</h2>
        <p className="muted">{messages.publishersText}</p>
        {list?.length === 0 ? (
          <EmptyState icon={KeyRound} title={messages.noPublishers}>
            {messages.noPublishersText}
          </EmptyState>
        ) : null}
        {list === undefined || list.length === 0 ? null : (
          <ul className="publisher-list">
            {list.map((publisher) => (
              <PublisherRow key={publisher.name} publisher={publisher} store={store} plugins={plugins} />
            ))}
          </ul>
        )}
      </section>
      <PublisherForm publishers={store} />
      <UnsignedSetting />
    </div>
  );
}

interface PublisherRowProps {
  readonly publisher: Publisher;
  readonly store: PublishersStore;
  readonly plugins: PluginsStore;
}

function PublisherRow({
  publisher: { name, publicKey, identity, trustedAt, byPolicy },
  store,
  plugins,
}: PublisherRowProps) {
  const [asking, setAsking] = useState(false);
  const nowMs = useNow(MINUTE_MS);
  const fingerprint = useFingerprint(publicKey);
  const signed = useStore(plugins.store, (state) => state.plugins)?.filter(({ signer }) => signer === name) ?? [];
  return (
    <li className="publisher" data-publisher={name}>
      <p>
        <span className="publisher-name">{name}</span>{' '}
        <span className="muted">
          {trustedAt === undefined ? messages.byPolicy : messages.trustedSince(formatMoment(trustedAt, nowMs))}
        </span>
      </p>
      {byPolicy ? null : (
        <Button size="small" aria-label={messages.distrustOf(name)} onClick={() => setAsking(true)}>
          {messages.distrust}
        </Button>
      )}
      {identity === undefined ? (
        <p className="publisher-print muted">
          {messages.fingerprint} <span className="mono selectable">{fingerprint}</span>
        </p>
      ) : (
        <p className="publisher-print muted">
          {messages.identityOf} <span className="mono selectable">{identity.subject}</span> {messages.vouchedBy}{' '}
          <span className="mono selectable">{identity.issuer}</span>
        </p>
      )}
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={messages.distrustTitle(name)}
        confirmLabel={messages.distrust}
        tone="danger"
        onConfirm={() => store.distrust(name)}
      >
        <p>{messages.distrustText(signed.map(({ displayName }) => displayName))}</p>
      </ConfirmDialog>
    </li>
  );
}

function UnsignedSetting() {
  const { settings } = useServices();
  const isAllowed = useStore(settings.store, (state) => state.settings?.allowUnsignedPlugins ?? false);
  return (
    <section className="plugin-section">
      <Checkbox
        checked={isAllowed}
        label={messages.unsignedSetting}
        onChange={(allowUnsignedPlugins) => void settings.change({ allowUnsignedPlugins })}
      />
      <p className="field-hint">{messages.unsignedSettingHint}</p>
    </section>
  );
}
