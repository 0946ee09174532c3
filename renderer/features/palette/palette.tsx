import { contractCalls } from 'virtual:contract-calls';
import { Dialog } from 'radix-ui';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Command } from '../../app/commands/command.ts';
import { chordLabel } from '../../app/commands/key-chord.ts';
import { keysOf } from '../../app/commands/keymap.ts';
import { useServices } from '../../app/services.tsx';
import { itemOfCall, type PaletteItem } from './call-item.ts';
import { CallView } from './call-view.tsx';
import { messages } from './messages.ts';
import { PaletteList } from './palette-list.tsx';
import { rememberItem } from './recent-items.ts';
import '../../ui/dialog.css';
import './palette.css';

const CALLS = contractCalls.map(itemOfCall);
/** Asking for the palette in the palette is no wish. */
const OWN = 'window.palette';

export interface PaletteProps {
  /** Gives what was typed while the palette was loaded; called when its own field has the focus. */
  readonly takeEarly: () => string;
  readonly onClose: () => void;
  /** Leads to the form of a tool. */
  readonly onTool: (tool: string) => void;
}

/** Everything that can be asked for, found by a few letters; what a call needs is asked for in the same place. */
export function Palette({ takeEarly, onClose, onTool }: PaletteProps) {
  const items = useItems(onTool);
  const [text, setText] = useState('');
  const isTaken = useRef(false);
  const onReady = (): void => {
    if (isTaken.current) return;
    isTaken.current = true;
    setText(takeEarly());
  };
  const { workbench } = useServices();
  const [chosen, setChosen] = useState<PaletteItem>();
  const choose = (item: PaletteItem): void => {
    rememberItem(item.id);
    if (item.call !== undefined) return setChosen(item);
    onClose();
    // When the palette has given the focus back: what the command shows may want it.
    requestAnimationFrame(() => item.run?.());
  };
  return (
    <Dialog.Root open onOpenChange={(open) => (open ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Overlay className="dialog-overlay" />
        <Dialog.Content
          className="palette"
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            // Unless the command that was chosen has put it elsewhere.
            if (document.activeElement === document.body) workbench.store.getState().opener?.focus();
          }}
          onEscapeKeyDown={(event) => {
            if (chosen === undefined) return;
            event.preventDefault();
            setChosen(undefined);
          }}
        >
          <Dialog.Title className="visually-hidden">{messages.title}</Dialog.Title>
          {chosen?.call === undefined ? (
            <PaletteList items={items} text={text} onReady={onReady} onText={setText} onChoose={choose} />
          ) : (
            <CallView
              key={chosen.id}
              item={chosen}
              call={chosen.call}
              onBack={() => setChosen(undefined)}
              onClose={onClose}
            />
          )}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** What works everywhere comes first. */
function commandsInOrder(commands: readonly Command[]): readonly Command[] {
  return [...commands].sort((a, b) => Number(a.scope !== 'window') - Number(b.scope !== 'window'));
}

/** The window's commands, the sessions, the tools, and every call of the contract. */
function useItems(onTool: (tool: string) => void): readonly PaletteItem[] {
  const { client, commands, sessions, workbench } = useServices();
  const state = useStore(commands.store);
  const list = useStore(sessions.store, ({ sessions: all }) => all);
  const [tools, setTools] = useState<readonly string[]>([]);
  useEffect(() => {
    const leaving = new AbortController();
    client.tool.list({}, { signal: leaving.signal }).then(
      (answer) => setTools(answer.tools.map(({ name }) => name)),
      // Without the kernel's tools everything else can be found.
      () => undefined,
    );
    return () => leaving.abort();
  }, [client]);
  return useMemo(() => {
    const itemOf = (command: Command): PaletteItem => {
      const [keys] = keysOf(command, state.choices);
      return {
        id: command.id,
        title: command.title,
        group: command.group,
        run: () => commands.run(command),
        ...(keys === undefined ? {} : { keys: chordLabel(keys) }),
      };
    };
    return [
      ...commandsInOrder(state.commands)
        .filter(({ id, scope }) => id !== OWN && state.served.has(scope))
        .map(itemOf),
      ...list.map(
        (session): PaletteItem => ({
          id: `session.${session.id}`,
          title: messages.openSession(session.name),
          group: messages.sessions,
          detail: session.workspace,
          run: () => {
            sessions.select(session.id);
            workbench.show('session');
          },
        }),
      ),
      ...tools.map(
        (tool): PaletteItem => ({
          id: `tool.${tool}`,
          title: messages.runTool(tool),
          group: messages.tools,
          name: tool,
          run: () => onTool(tool),
        }),
      ),
      ...CALLS,
    ];
  }, [commands, state, sessions, list, tools, workbench, onTool]);
}
