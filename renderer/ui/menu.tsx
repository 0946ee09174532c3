import type { LucideIcon } from 'lucide-react';
import { lazy, type ReactNode, Suspense } from 'react';

const MenuPopup = lazy(async () => ({ default: (await import('./menu-popup.tsx')).MenuPopup }));

export interface MenuItem {
  readonly label: string;
  readonly icon?: LucideIcon;
  readonly onSelect: () => void;
  readonly disabled?: boolean;
  readonly tone?: 'danger';
  readonly checked?: boolean;
  readonly shortcut?: string;
  /** Draws a line above. */
  readonly startsGroup?: boolean;
}

export interface MenuProps {
  /** The button that opens it. */
  readonly trigger: ReactNode;
  readonly items: readonly MenuItem[];
  readonly align?: 'start' | 'end';
}

/** A button with a menu. Until what menus need is loaded, the button stands there alone. */
export function Menu(props: MenuProps) {
  return (
    <Suspense fallback={props.trigger}>
      <MenuPopup {...props} />
    </Suspense>
  );
}
