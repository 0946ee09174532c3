import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { IconButton } from './button.tsx';
import type { ModalProps } from './modal.tsx';
import { messages } from './messages.ts';
import './dialog.css';
import './modal.css';

/** A dialog begins with its first field; where it has none, with itself, so that nothing is done by a key too many. */
function focusPurpose(dialog: EventTarget | null): void {
  if (!(dialog instanceof HTMLElement)) return;
  const field = dialog.querySelector<HTMLElement>(
    ':is(input, select, textarea):enabled:not([type="radio"]:not(:checked))',
  );
  (field ?? dialog).focus();
}

export function ModalPopup({ onClose, title, width = 'normal', children }: ModalProps) {
  return (
    <Dialog.Root open onOpenChange={(open) => (open ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Overlay className="dialog-overlay" />
        <Dialog.Content
          className="dialog modal"
          data-width={width}
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            focusPurpose(event.currentTarget);
          }}
        >
          <header className="modal-head">
            <Dialog.Title className="dialog-title">{title}</Dialog.Title>
            <IconButton icon={X} label={messages.close} onClick={onClose} />
          </header>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
