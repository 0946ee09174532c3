import { type FormEvent, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Field, TextField } from '../ui/field.tsx';
import { Modal } from '../ui/modal.tsx';
import { messages } from './messages.ts';

export interface RenameDialogProps {
  /** As it is called now. */
  readonly title: string;
  /** The name that it was given; empty where it was given none. */
  readonly name: string;
  readonly onClose: () => void;
  readonly onRename: (name: string) => void;
}

const LIMIT_CHARACTERS = 60;

/** Asks for the name of a terminal. */
export function RenameDialog({ title, name, onClose, onRename }: RenameDialogProps) {
  const [text, setText] = useState(name);
  const { tab } = messages;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onRename(text.trim());
    onClose();
  };
  return (
    <Modal open onClose={onClose} title={tab.renameTitle(title)}>
      <form onSubmit={submit}>
        <Field label={tab.name} htmlFor="tab-name" hint={tab.nameHint}>
          <TextField
            id="tab-name"
            value={text}
            maxLength={LIMIT_CHARACTERS}
            autoFocus
            onFocus={(event) => event.target.select()}
            onChange={(event) => setText(event.target.value)}
          />
        </Field>
        <div className="dialog-actions">
          <Button type="submit" tone="primary">
            {tab.keep}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
