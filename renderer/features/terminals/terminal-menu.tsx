import {
  ArrowDown,
  ArrowUp,
  Circle,
  Columns2,
  Copy,
  Ellipsis,
  Eraser,
  Film,
  Keyboard,
  Rows2,
  Search,
  Square,
} from 'lucide-react';
import { useStore } from 'zustand';
import type { TerminalId } from '../../../schema/entities.ts';
import { chordLabel } from '../../app/commands/key-chord.ts';
import type { NoticesStore } from '../../app/notices-store.ts';
import { useServices } from '../../app/services.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { messages } from './messages.ts';
import type { TerminalView } from './terminal-view.ts';
import type { TerminalsStore } from './terminals-store.ts';
import type { Extra } from './use-pane.ts';

export interface TerminalMenuProps {
  readonly view: TerminalView;
  readonly terminal: TerminalId;
  readonly terminals: TerminalsStore;
  readonly onSplit: ((where: 'right' | 'below') => void) | undefined;
  readonly onShow: (extra: Extra) => void;
}

/** What can be done with a terminal, each with its key where it has one. */
export function TerminalMenu({ view, terminal, terminals, onSplit, onShow }: TerminalMenuProps) {
  const { notices } = useServices();
  const input = useStore(terminals.store, (state) => state.input);
  const isRecorded = useStore(terminals.store, (state) => state.recorded.has(terminal));
  const copyOutput = (): void => {
    const output = view.marks.lastOutput();
    if (output === undefined) notices.tell(messages.noOutput);
    else void navigator.clipboard.writeText(output).then(() => notices.tell(messages.copied), notices.fail);
  };
  return (
    <Menu
      align="end"
      trigger={<IconButton icon={Ellipsis} label={messages.actions} />}
      items={[
        ...splitItems(onSplit),
        {
          label: messages.find,
          icon: Search,
          shortcut: chordLabel('Mod+Shift+F'),
          startsGroup: onSplit !== undefined,
          onSelect: () => onShow('find'),
        },
        {
          label: messages.previousCommand,
          icon: ArrowUp,
          shortcut: chordLabel('Mod+Shift+Up'),
          onSelect: () => view.marks.scroll('previous'),
        },
        {
          label: messages.nextCommand,
          icon: ArrowDown,
          shortcut: chordLabel('Mod+Shift+Down'),
          onSelect: () => view.marks.scroll('next'),
        },
        { label: messages.copyOutput, icon: Copy, onSelect: copyOutput },
        { label: messages.clear, icon: Eraser, onSelect: () => view.clear() },
        {
          label: messages.typeIntoAll,
          icon: Keyboard,
          checked: input === 'all',
          startsGroup: true,
          onSelect: () => terminals.toggleInput(),
        },
        {
          label: isRecorded ? messages.endRecording : messages.record,
          icon: isRecorded ? Square : Circle,
          startsGroup: true,
          onSelect: () => void (isRecorded ? endRecording(terminals, terminal, notices) : terminals.record(terminal)),
        },
        { label: messages.recordings, icon: Film, onSelect: () => onShow('recordings') },
      ]}
    />
  );
}

/** None where there is no room for a second terminal. */
export function splitItems(onSplit: TerminalMenuProps['onSplit']): readonly MenuItem[] {
  if (onSplit === undefined) return [];
  return [
    { label: messages.splitRight, icon: Columns2, onSelect: () => onSplit('right') },
    { label: messages.splitDown, icon: Rows2, onSelect: () => onSplit('below') },
  ];
}

/** Says where it lies. */
export async function endRecording(
  terminals: TerminalsStore,
  terminal: TerminalId,
  notices: NoticesStore,
): Promise<void> {
  const recording = await terminals.endRecording(terminal);
  if (recording !== undefined) notices.tell(messages.recordingKept(recording.file));
}
