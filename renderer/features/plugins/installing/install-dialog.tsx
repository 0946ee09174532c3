import { type FormEvent, useId, useState } from 'react';
import { useStore } from 'zustand';
import { Button } from '../../../ui/button.tsx';
import { Field, TextField } from '../../../ui/field.tsx';
import { Modal } from '../../../ui/modal.tsx';
import { Spinner } from '../../../ui/spinner.tsx';
import { messages } from '../messages.ts';
import { ConsentView } from './consent-view.tsx';
import { type Installing, type InstallStore, placeIn, type UpdateRound } from './install-store.ts';
import { RefusedView } from './refused-view.tsx';
import './installing.css';

export interface InstallDialogProps {
  readonly installs: InstallStore;
  /** Leads to the trusted publishers, with the name of one that is missing there. */
  readonly onTrust: (publisher: string | undefined) => void;
}

/** From a path to an installed plugin, one step after the other. */
export function InstallDialog({ installs, onTrust }: InstallDialogProps) {
  const { installing, round } = useStore(installs.store);
  if (installing === undefined) return null;
  return (
    <Modal open onClose={() => installs.close()} title={titleOf(installing, round)} width="wide">
      {installing.step === 'choose' ? <ChooseForm installs={installs} /> : null}
      {installing.step === 'look' ? (
        <p className="install-looking" role="status">
          <Spinner /> {messages.looking}
        </p>
      ) : null}
      {installing.step === 'agree' || installing.step === 'install' ? (
        <ConsentView
          inspection={installing.inspection}
          busy={installing.step === 'install'}
          round={round}
          installs={installs}
        />
      ) : null}
      {installing.step === 'refused' ? (
        <RefusedView refused={installing} round={round} installs={installs} onTrust={onTrust} />
      ) : null}
    </Modal>
  );
}

function titleOf(installing: Installing, round: UpdateRound | undefined): string {
  switch (installing.step) {
    case 'choose':
      return installing.about === undefined ? messages.chooseTitle : messages.chooseUpdateTitle(installing.about);
    case 'look':
      return round === undefined ? messages.chooseTitle : messages.roundTitle(placeIn(round), round.total);
    case 'refused':
      return messages.refusedTitle;
    case 'agree':
    case 'install': {
      const { displayName, version, installed, step } = installing.inspection;
      if (installed === null) return messages.agreeTitle(displayName, version);
      if (installed === version) return messages.againTitle(displayName, version);
      if (step === 'older') return messages.olderTitle(displayName, installed, version);
      return messages.updateTitle(displayName, installed, version);
    }
  }
}

function ChooseForm({ installs }: { readonly installs: InstallStore }) {
  const [path, setPath] = useState('');
  const id = useId();
  const look = (event: FormEvent): void => {
    event.preventDefault();
    if (path.trim() !== '') void installs.look({ source: path.trim() });
  };
  const pick = async (kind: 'folder' | 'package'): Promise<void> => {
    const picked = await installs.pick(kind);
    if (picked !== undefined) void installs.look({ source: picked });
  };
  return (
    <form className="install-choose" onSubmit={look}>
      <p className="muted">{messages.chooseText}</p>
      <Field label={messages.path} htmlFor={id}>
        <div className="install-path">
          <TextField
            id={id}
            className="mono"
            value={path}
            placeholder={messages.pathHint}
            autoFocus
            onChange={(event) => setPath(event.target.value)}
          />
          <Button onClick={() => void pick('package')}>{messages.choosePackage}</Button>
          <Button onClick={() => void pick('folder')}>{messages.chooseFolder}</Button>
        </div>
      </Field>
      <div className="dialog-actions">
        <Button onClick={() => installs.close()}>{messages.cancel}</Button>
        <Button tone="primary" type="submit" disabled={path.trim() === ''}>
          {messages.lookAt}
        </Button>
      </div>
    </form>
  );
}
