import { lazy, type ReactNode, Suspense } from 'react';

const ModalPopup = lazy(async () => ({ default: (await import('./modal-popup.tsx')).ModalPopup }));

export interface ModalProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly width?: 'normal' | 'wide' | 'full';
  readonly children: ReactNode;
}

/** Content in front of everything else, with its own buttons; Escape closes it. Loaded when first opened. */
export function Modal(props: ModalProps) {
  if (!props.open) return null;
  return (
    <Suspense fallback={null}>
      <ModalPopup {...props} />
    </Suspense>
  );
}
