import { useStore } from 'zustand';
import { useServices } from '../services.tsx';
import { chordForReaders, chordLabel } from './key-chord.ts';
import { keysOf } from './keymap.ts';

export interface ShownKeys {
  /** For the eye: `Ctrl+Shift+P`. */
  readonly label: string;
  /** For `aria-keyshortcuts`. */
  readonly forReaders: string;
}

/** The keys of a command as they are now, for its button's tooltip; nothing where it has none. */
export function useKeys(id: string): ShownKeys | undefined {
  const { commands } = useServices();
  const chord = useStore(commands.store, (state) => {
    const command = state.commands.find((one) => one.id === id);
    return command && keysOf(command, state.choices)[0];
  });
  return chord === undefined ? undefined : { label: chordLabel(chord), forReaders: chordForReaders(chord) };
}
