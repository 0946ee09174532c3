import { lazy, type ReactNode, Suspense } from 'react';

const ConfirmDialogPopup = lazy(async () => ({
  default: (await import('./confirm-dialog-popup.tsx')).ConfirmDialogPopup,
}));

export interface ConfirmDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly children: ReactNode;
  readonly confirmLabel: string;
  readonly tone?: 'primary' | 'danger';
  /** The dialog closes when it resolves; the caller reports failures. */
  readonly onConfirm: () => Promise<void> | void;
}

/** Asks before something that cannot be taken back. Focus starts on Cancel. Loaded when first asked. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  if (!props.open) return null;
  return (
    <Suspense fallback={null}>
      <ConfirmDialogPopup {...props} />
    </Suspense>
  );
}
