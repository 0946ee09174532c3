import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { IconButton } from './button.tsx';
import type { ModalProps } from './modal.tsx';
import { messages } from './messages.ts';
import './dialog.css';
import './modal.css';

export function ModalPopup({ onClose, title, width = 'normal', children }: ModalProps) {
  return (
    <Dialog.Root open onOpenChange={(open) => (open ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Overlay className="dialog-overlay" />
        <Dialog.Content className="dialog modal" data-width={width} aria-describedby={undefined}>
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
