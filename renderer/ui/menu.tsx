import type { LucideIcon } from 'lucide-react';
import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { Fragment, type ReactNode } from 'react';
import './menu.css';

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

export function Menu({ trigger, items, align = 'end' }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align={align} sideOffset={4} collisionPadding={8}>
          {items.map((item) => (
            <Fragment key={item.label}>
              {item.startsGroup ? <DropdownMenu.Separator className="menu-line" /> : null}
              <DropdownMenu.Item
                className="menu-item"
                data-tone={item.tone}
                disabled={item.disabled ?? false}
                onSelect={item.onSelect}
              >
                <span className="menu-icon">{iconOf(item)}</span>
                <span className="grow">{item.label}</span>
                {item.shortcut === undefined ? null : <kbd className="menu-shortcut">{item.shortcut}</kbd>}
              </DropdownMenu.Item>
            </Fragment>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function iconOf(item: MenuItem): ReactNode {
  if (item.checked) return <Check size={14} aria-label="selected" />;
  return item.icon ? <item.icon size={14} aria-hidden /> : null;
}
