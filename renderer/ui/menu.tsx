import type { LucideIcon } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { firstFrame } from './first-frame.ts';

/** The window paints before it loads what menus need. */
const MenuPopup = lazy(async () => {
  await firstFrame();
  return { default: (await import('./menu-popup.tsx')).MenuPopup };
});

const OPENING_KEYS: ReadonlySet<string> = new Set(['Enter', ' ', 'ArrowDown']);

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

/** A button with a menu. A press before what menus need is loaded opens it as soon as that is there. */
export function Menu(props: MenuProps) {
  const [asked, setAsked] = useState(false);
  // The press, not the click: the button may be replaced before the finger is up.
  const early = (
    <span
      className="menu-early"
      role="presentation"
      onPointerDown={() => setAsked(true)}
      onKeyDown={(event) => (OPENING_KEYS.has(event.key) ? setAsked(true) : undefined)}
    >
      {props.trigger}
    </span>
  );
  return (
    <Suspense fallback={early}>
      <MenuPopup {...props} startsOpen={asked} />
    </Suspense>
  );
}
