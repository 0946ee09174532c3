import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { Button } from './button.tsx';
import type { ConfirmDialogProps } from './dialog.tsx';
import { messages } from './messages.ts';
import './dialog.css';

export function ConfirmDialogPopup(props: ConfirmDialogProps) {
  const [busy, setBusy] = useState(false);
  const confirm = async (): Promise<void> => {
    setBusy(true);
    try {
      await props.onConfirm();
    } finally {
      setBusy(false);
      props.onClose();
    }
  };
  return (
    <Dialog.Root open={props.open} onOpenChange={(open) => (open ? undefined : props.onClose())}>
      <Dialog.Portal>
        <Dialog.Overlay className="dialog-overlay" />
        <Dialog.Content className="dialog" aria-describedby={undefined}>
          <Dialog.Title className="dialog-title">{props.title}</Dialog.Title>
          <div className="dialog-body">{props.children}</div>
          <div className="dialog-actions">
            <Button onClick={props.onClose} autoFocus>
              {messages.cancel}
            </Button>
            <Button tone={props.tone ?? 'primary'} busy={busy} onClick={() => void confirm()}>
              {props.confirmLabel}
            </Button>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
