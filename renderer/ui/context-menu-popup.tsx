import { DropdownMenu } from 'radix-ui';
import type { AskedMenu } from './context-menu.tsx';
import { landmark } from './landmark.ts';
import { MenuItems } from './menu-items.tsx';

export interface ContextMenuPopupProps {
  readonly asked: AskedMenu;
  readonly onClose: () => void;
}

/** A menu at a point of the window. It gives the focus back to what had it. */
export function ContextMenuPopup({ asked, onClose }: ContextMenuPopupProps) {
  const { x, y, label, items, opener } = asked;
  return (
    <DropdownMenu.Root modal={false} open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DropdownMenu.Trigger asChild>
        <span className="menu-point" style={{ left: x, top: y }} aria-hidden />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={landmark()}>
        <DropdownMenu.Content
          className="menu"
          aria-label={label}
          aria-labelledby={undefined}
          align="start"
          collisionPadding={8}
          onContextMenu={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            // Whoever clicked elsewhere meanwhile wants the focus there.
            const { activeElement } = document;
            if (activeElement === document.body || activeElement?.closest('[role="menu"]')) opener?.focus();
          }}
        >
          <MenuItems items={items} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
