import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { Fragment, type ReactNode } from 'react';
import type { MenuItem } from './menu.tsx';
import { messages } from './messages.ts';
import './menu.css';

/** What every menu consists of, wherever it is opened. */
export function MenuItems({ items }: { readonly items: readonly MenuItem[] }) {
  return items.map((item) => (
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
  ));
}

function iconOf(item: MenuItem): ReactNode {
  if (item.checked) return <Check size={14} aria-label={messages.selected} />;
  return item.icon ? <item.icon size={14} aria-hidden /> : null;
}
