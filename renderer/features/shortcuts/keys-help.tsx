import { Settings2 } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Command } from '../../app/commands/command.ts';
import { chordLabel } from '../../app/commands/key-chord.ts';
import { keysOf } from '../../app/commands/keymap.ts';
import { useServices } from '../../app/services.tsx';
import { Button } from '../../ui/button.tsx';
import { FilterField } from '../../ui/field.tsx';
import { Modal } from '../../ui/modal.tsx';
import { messages } from './messages.ts';
import './keys-help.css';

/** Every key there is, by what it is for. */
export function KeysHelp({ onClose }: { readonly onClose: () => void }) {
  const { commands: store, workbench } = useServices();
  const { commands, choices } = useStore(store.store);
  const [text, setText] = useState('');
  const wanted = text.trim().toLowerCase();
  // What works everywhere comes first.
  const inOrder = [...commands].sort((a, b) => Number(a.scope !== 'window') - Number(b.scope !== 'window'));
  const shown = inOrder.filter(
    (command) =>
      command.title.toLowerCase().includes(wanted) ||
      keysOf(command, choices).some((chord) => chordLabel(chord).toLowerCase().includes(wanted)),
  );
  const change = (): void => {
    onClose();
    workbench.show('settings');
  };
  return (
    <Modal open onClose={onClose} title={messages.title} width="wide">
      <div className="keys-bar">
        <FilterField value={text} onChange={setText} label={messages.find} />
        <Button size="small" icon={Settings2} onClick={change}>
          {messages.change}
        </Button>
      </div>
      <div className="keys-groups" tabIndex={0} role="region" aria-label={messages.title}>
        {shown.length === 0 ? <p className="muted">{messages.none}</p> : null}
        {[...new Set(shown.map(({ group }) => group))].map((group) => (
          <Group key={group} title={group} commands={shown.filter((one) => one.group === group)} />
        ))}
      </div>
      <p className="keys-note">{messages.inTerminals}</p>
    </Modal>
  );
}

function Group({ title, commands }: { readonly title: string; readonly commands: readonly Command[] }) {
  const { commands: store } = useServices();
  const choices = useStore(store.store, (state) => state.choices);
  return (
    <section className="keys-group">
      <h3>{title}</h3>
      <dl>
        {commands.map((command) => (
          <div key={command.id} data-command={command.id}>
            <dt>{command.title}</dt>
            <dd>
              {keysOf(command, choices).map((chord) => (
                <kbd key={chord} className="key-chord">
                  {chordLabel(chord)}
                </kbd>
              ))}
              {keysOf(command, choices).length === 0 ? <span className="muted">{messages.without}</span> : null}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
