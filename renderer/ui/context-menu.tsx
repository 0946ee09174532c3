import { lazy, type MouseEvent, type ReactNode, Suspense, useState } from 'react';
import type { MenuItem } from './menu.tsx';

const ContextMenuPopup = lazy(async () => ({
  default: (await import('./context-menu-popup.tsx')).ContextMenuPopup,
}));

/** A menu that was asked for, and where. */
export interface AskedMenu {
  readonly x: number;
  readonly y: number;
  /** What it is the menu of, for those who do not see where it is. */
  readonly label: string;
  readonly items: readonly MenuItem[];
  /** What had the focus. */
  readonly opener: HTMLElement | undefined;
}

export interface ContextMenu {
  /** Has to be rendered somewhere. */
  readonly menu: ReactNode;
  /** Answers the event `contextmenu`, which a browser makes of the right button, of the menu key and of Shift+F10 alike. */
  readonly open: (event: MouseEvent, label: string, items: readonly MenuItem[]) => void;
}

/** The menu of a thing, opened at the thing itself. Its code is loaded when one is first asked for. */
export function useContextMenu(): ContextMenu {
  const [asked, setAsked] = useState<AskedMenu & { readonly count: number }>();
  const open = (event: MouseEvent, label: string, items: readonly MenuItem[]): void => {
    // A dialog of the thing lies elsewhere in the page, though its events come by here.
    if (!(event.target instanceof Node && event.currentTarget.contains(event.target))) return;
    event.preventDefault();
    event.stopPropagation();
    const { activeElement } = document;
    const focused = activeElement instanceof HTMLElement ? activeElement : undefined;
    const { clientX: x, clientY: y } = event;
    setAsked((former) => {
      const opener = focused?.closest('[role="menu"]') ? former?.opener : focused;
      return { x, y, label, items, opener, count: (former?.count ?? 0) + 1 };
    });
  };
  const menu =
    asked === undefined ? null : (
      <Suspense fallback={null}>
        <ContextMenuPopup key={asked.count} asked={asked} onClose={() => setAsked(undefined)} />
      </Suspense>
    );
  return { menu, open };
}
