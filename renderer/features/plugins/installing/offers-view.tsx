import { FolderOpen, PackageOpen, PackageSearch } from 'lucide-react';
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

const TONES: Record<PluginOffer['state'], Tone> = {
  available: 'neutral',
  installed: 'good',
  update: 'accent',
  older: 'neutral',
};

/** What a team's folder offers, and what of it is installed here. */
export function OffersView({ installs }: { readonly installs: InstallStore }) {
  const { folder, offers, offersFailure } = useStore(installs.store);
  const id = useId();
  const load = (event: FormEvent): void => {
    event.preventDefault();
    void installs.loadOffers();
  };
  const pick = async (): Promise<void> => {
    const picked = await installs.pick('folder');
    if (picked === undefined) return;
    installs.setFolder(picked);
    await installs.loadOffers();
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
              onChange={(event) => installs.setFolder(event.target.value)}
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
      {offersFailure ? <FailureNotice failure={offersFailure} /> : null}
      {offers === undefined && offersFailure === undefined ? (
        <EmptyState icon={PackageSearch} title={messages.teamEmpty}>
          {messages.teamEmptyText}
        </EmptyState>
      ) : null}
      {offers?.length === 0 ? (
        <EmptyState icon={PackageOpen} title={messages.noOffers}>
          {messages.noOffersText}
        </EmptyState>
      ) : null}
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
  const { id, version, file, pin, state } = offer;
  return (
    <li className="offer" data-offer={id}>
      <span className="offer-name">{id}</span>
      <span className="muted">{version}</span>
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
