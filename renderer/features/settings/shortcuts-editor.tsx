import { RotateCcw } from 'lucide-react';
import { Fragment, type KeyboardEvent, useState } from 'react';
import { useStore } from 'zustand';
import type { Command, KeyChoices } from '../../app/commands/command.ts';
import { type Chord, chordLabel, chordOf } from '../../app/commands/key-chord.ts';
import { conflictsOf, keysOf } from '../../app/commands/keymap.ts';
import { useServices } from '../../app/services.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { messages } from './messages.ts';

/** Keys that were pressed for a command, and whose they are already. */
interface Wish {
  readonly command: Command;
  readonly chord?: Chord;
  readonly others: readonly Command[];
}

/** The keys of every command; pressing a shortcut asks for other keys, and says whose they are. */
export function ShortcutsEditor({ text }: { readonly text: string }) {
  const { commands: store, settings } = useServices();
  const { commands, choices } = useStore(store.store);
  const [wish, setWish] = useState<Wish>();
  const wanted = text.trim().toLowerCase();
  const shown = commands.filter((command) =>
    [command.title, command.group, command.id, ...keysOf(command, choices).map((chord) => chordLabel(chord))].some(
      (said) => said.toLowerCase().includes(wanted),
    ),
  );
  const choose = (changed: KeyChoices): void => {
    setWish(undefined);
    void settings.change({ shortcuts: { ...choices, ...changed } });
  };
  const press = (command: Command, chord: Chord): void => {
    const others = conflictsOf(commands, choices, { command, chord });
    if (others.length === 0) choose({ [command.id]: chord });
    else setWish({ command, chord, others });
  };
  const putBack = ({ id }: Command): void => {
    const { [id]: _former, ...others } = choices;
    void settings.change({ shortcuts: others });
  };
  return (
    <section className="shortcuts">
      <p className="muted">{messages.shortcutsLead}</p>
      <table>
        <thead>
          <tr>
            <th scope="col">{messages.command}</th>
            <th scope="col">{messages.where}</th>
            <th scope="col">{messages.keys}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((command) => (
            <tr key={command.id} data-command={command.id}>
              <td>
                {command.title} <span className="shortcut-group">{command.group}</span>
              </td>
              <td className="muted">{messages.scopes[command.scope]}</td>
              <td>
                <div className="shortcut-keys">
                  <KeysButton
                    command={command}
                    isAsking={wish?.command.id === command.id && wish.chord === undefined}
                    onAsk={() => setWish({ command, others: [] })}
                    onPress={(chord) => press(command, chord)}
                    onNone={() => choose({ [command.id]: '' })}
                    onLeave={() => setWish((now) => (now?.chord === undefined ? undefined : now))}
                  />
                  {choices[command.id] === undefined ? null : (
                    <IconButton
                      icon={RotateCcw}
                      label={messages.usual(command.title)}
                      onClick={() => putBack(command)}
                    />
                  )}
                </div>
                {wish?.chord !== undefined && wish.command.id === command.id ? (
                  <Conflict wish={wish} chord={wish.chord} onTake={choose} onLeave={() => setWish(undefined)} />
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface KeysButtonProps {
  readonly command: Command;
  readonly isAsking: boolean;
  readonly onAsk: () => void;
  readonly onPress: (chord: Chord) => void;
  readonly onNone: () => void;
  readonly onLeave: () => void;
}

function KeysButton({ command, isAsking, onAsk, onPress, onNone, onLeave }: KeysButtonProps) {
  const { commands } = useServices();
  const choices = useStore(commands.store, (state) => state.choices);
  const keys = keysOf(command, choices);
  const chords = keys.length === 0 ? messages.noKeys : keys.map((chord) => chordLabel(chord)).join(' ');
  const shown = isAsking ? messages.pressKeys : chords;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!isAsking || event.key === 'Tab') return;
    const chord = chordOf(event.nativeEvent);
    event.preventDefault();
    event.stopPropagation();
    if (chord === 'Escape') onLeave();
    else if (chord === 'Delete' || chord === 'Backspace') onNone();
    else if (chord !== undefined) onPress(chord);
  };
  return (
    <button
      type="button"
      className="shortcut-button"
      aria-label={messages.changeKeys(command.title, shown)}
      data-catches-keys={isAsking || undefined}
      onClick={onAsk}
      onKeyDown={onKeyDown}
      onBlur={onLeave}
    >
      {isAsking ? <span aria-live="polite">{messages.pressKeys}</span> : null}
      {!isAsking && keys.length === 0 ? <span className="muted">{messages.noKeys}</span> : null}
      {isAsking
        ? null
        : keys.map((chord, index) => (
            <Fragment key={chord}>
              {index === 0 ? '' : ' '}
              <kbd className="key-chord">{chordLabel(chord)}</kbd>
            </Fragment>
          ))}
    </button>
  );
}

interface ConflictProps {
  readonly wish: Wish;
  readonly chord: Chord;
  readonly onTake: (choices: KeyChoices) => void;
  readonly onLeave: () => void;
}

/** The same keys cannot mean two things at one place. */
function Conflict({ wish: { command, others }, chord, onTake, onLeave }: ConflictProps) {
  const taken = Object.fromEntries(others.map(({ id }) => [id, '']));
  return (
    <div className="shortcut-conflict" role="alert">
      <span>{messages.taken(chordLabel(chord), others.map(({ title }) => title).join(', '))}</span>
      <Button size="small" onClick={() => onTake({ ...taken, [command.id]: chord })} autoFocus>
        {messages.take}
      </Button>
      <Button size="small" onClick={onLeave}>
        {messages.leave}
      </Button>
    </div>
  );
}
