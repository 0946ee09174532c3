import { ClipboardPaste, Copy, Eraser, ExternalLink, Search, TextSelect } from 'lucide-react';
import type { MouseEvent, ReactNode } from 'react';
import { chordLabel } from '../../app/commands/key-chord.ts';
import { useServices } from '../../app/services.tsx';
import { windowSlot } from '../../app/window-slot.ts';
import { useContextMenu } from '../../ui/context-menu.tsx';
import { messages } from './messages.ts';
import { splitItems, type TerminalMenuProps } from './terminal-menu.tsx';
import type { TerminalLink } from './terminal-view.ts';

export interface TerminalContextMenuProps extends Pick<TerminalMenuProps, 'terminal' | 'onSplit' | 'onShow'> {
  readonly view: TerminalMenuProps['view'] | undefined;
  readonly onLink: (link: TerminalLink) => void;
}

/** The menu of the right button on a terminal. A program that asked for the mouse keeps the button; with Shift it is the window's. */
export function useTerminalContextMenu({ view, terminal, onSplit, onShow, onLink }: TerminalContextMenuProps): {
  readonly menu: ReactNode;
  readonly onContextMenu: (event: MouseEvent) => void;
} {
  const { client, notices } = useServices();
  const { menu, open } = useContextMenu();
  const paste = async (view: TerminalMenuProps['view']): Promise<void> => {
    view.focus();
    await client.window.paste({ window: windowSlot }).catch(notices.fail);
  };
  const onContextMenu = (event: MouseEvent): void => {
    if (view === undefined) return;
    // The right button has the number 2; keys have none.
    if (view.givesMouseAway && event.button === 2 && !event.shiftKey) return event.preventDefault();
    const { link } = view;
    open(event, messages.title(terminal), [
      ...(link === undefined
        ? []
        : [{ label: messages.openLink(nameOf(link)), icon: ExternalLink, onSelect: () => onLink(link) }]),
      {
        label: messages.copy,
        icon: Copy,
        shortcut: chordLabel('Mod+Shift+C'),
        disabled: !view.hasSelection,
        startsGroup: link !== undefined,
        onSelect: () => view.copySelection(),
      },
      {
        label: messages.pasteHere,
        icon: ClipboardPaste,
        shortcut: chordLabel('Mod+Shift+V'),
        // After the menu has given the focus back, as it goes to what has it.
        onSelect: () => setTimeout(() => void paste(view)),
      },
      { label: messages.selectAll, icon: TextSelect, onSelect: () => view.selectAll() },
      {
        label: messages.find,
        icon: Search,
        shortcut: chordLabel('Mod+Shift+F'),
        startsGroup: true,
        onSelect: () => onShow('find'),
      },
      { label: messages.clear, icon: Eraser, onSelect: () => view.clear() },
      ...splitItems(onSplit).map((item, index) => ({ ...item, startsGroup: index === 0 })),
    ]);
  };
  return { menu, onContextMenu };
}

const SHOWN_CHARACTERS = 40;

function nameOf(link: TerminalLink): string {
  const name = link.kind === 'address' ? link.url : link.place.path;
  return name.length <= SHOWN_CHARACTERS ? name : `${name.slice(0, SHOWN_CHARACTERS)}…`;
}
