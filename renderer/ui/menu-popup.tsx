import { DropdownMenu } from 'radix-ui';
import { landmark } from './landmark.ts';
import { MenuItems } from './menu-items.tsx';
import type { MenuProps } from './menu.tsx';

export function MenuPopup({ trigger, items, align = 'end', startsOpen }: MenuProps & { readonly startsOpen: boolean }) {
  return (
    <DropdownMenu.Root modal={false} defaultOpen={startsOpen}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal container={landmark()}>
        <DropdownMenu.Content className="menu" align={align} sideOffset={4} collisionPadding={8}>
          <MenuItems items={items} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
