import { CircleArrowUp, FolderOpen, PackageOpen, PackageSearch } from 'lucide-react';
import { type FormEvent, useId } from 'react';
import { useStore } from 'zustand';
import type { PluginOffer } from '../../../../schema/contract/plugin.ts';
import { Badge, type Tone } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { FailureNotice } from '../../../ui/failure-notice.tsx';
import { Field, TextField } from '../../../ui/field.tsx';
import { messages } from '../messages.ts';
import type { InstallStore } from './install-store.ts';
import { type OffersStore, updatesOf } from './offers-store.ts';

const TONES: Record<PluginOffer['state'], Tone> = {
  available: 'neutral',
  installed: 'good',
  update: 'accent',
  older: 'neutral',
  changed: 'warn',
};

export interface OffersViewProps {
  readonly offers: OffersStore;
  readonly installs: InstallStore;
}

/** What a team's folder offers, and what of it is installed here. */
export function OffersView({ offers: store, installs }: OffersViewProps) {
  const { folder, offers, failure } = useStore(store.store);
  const updates = updatesOf(offers);
  const id = useId();
  const load = (event: FormEvent): void => {
    event.preventDefault();
    void store.load();
  };
  const pick = async (): Promise<void> => {
    const picked = await installs.pick('folder');
    if (picked === undefined) return;
    store.setFolder(picked);
    await store.load();
  };
  return (
    <div className="offers">
      <form className="offers-form" onSubmit={load}>
        <Field label={messages.team} htmlFor={id} hint={messages.teamText}>
          <div className="install-path">
            <TextField
              id={id}
              className="mono"
              value={folder}
              placeholder={messages.teamHint}
              onChange={(event) => store.setFolder(event.target.value)}
            />
            <Button icon={FolderOpen} onClick={() => void pick()}>
              {messages.chooseFolder}
            </Button>
            <Button tone="primary" type="submit" disabled={folder.trim() === ''}>
              {messages.showOffers}
            </Button>
          </div>
        </Field>
      </form>
      {failure ? <FailureNotice failure={failure} /> : null}
      {offers === undefined && failure === undefined ? (
        <EmptyState icon={PackageSearch} title={messages.teamEmpty}>
          {messages.teamEmptyText}
        </EmptyState>
      ) : null}
      {offers?.length === 0 ? (
        <EmptyState icon={PackageOpen} title={messages.noOffers}>
          {messages.noOffersText}
        </EmptyState>
      ) : null}
      {updates.length < 2 ? null : (
        <div className="offers-updates">
          <span>{messages.updates(updates.length)}</span>
          <Button size="small" tone="primary" icon={CircleArrowUp} onClick={() => void installs.updateAll(updates)}>
            {messages.updateAll}
          </Button>
        </div>
      )}
      {offers === undefined || offers.length === 0 ? null : (
        <ul className="offers-list" aria-label={messages.views.offers}>
          {offers.map((offer) => (
            <OfferRow key={offer.id} offer={offer} installs={installs} />
          ))}
        </ul>
      )}
    </div>
  );
}

function OfferRow({ offer, installs }: { readonly offer: PluginOffer; readonly installs: InstallStore }) {
  const { id, version, installed, file, pin, state } = offer;
  const isOther = state === 'update' || state === 'older';
  return (
    <li className="offer" data-offer={id}>
      <span className="offer-name">{id}</span>
      <span className="muted">{isOther && installed !== null ? messages.fromTo(installed, version) : version}</span>
      <Badge tone={TONES[state]}>{messages.offerStates[state]}</Badge>
      <span className="offer-file mono truncate" title={file}>
        {file}
      </span>
      {state === 'installed' ? null : (
        <Button size="small" onClick={() => void installs.look({ source: file, pin })}>
          {state === 'update' ? messages.offerUpdate : messages.offerInstall}
        </Button>
      )}
    </li>
  );
}
