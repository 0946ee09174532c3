import type { Chord } from './key-chord.ts';
import { belongsToTerminal, chordOf, isPlain } from './key-chord.ts';
import type { CommandsStore } from './commands-store.ts';

const TEXT =
  'input:not([type="checkbox"]), textarea, select, [contenteditable="true"]:not([aria-readonly="true"]), [data-editing]';

/** A panel that lies over the others calls itself a dialog as well, but it is a part of the window as any. */
const CATCHING = '[role="dialog"]:not(.dv-resize-container), [role="menu"], [data-catches-keys]';

/** True where keys that a person types text with belong to the text. */
export function isTextField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(TEXT) !== null;
}

/** Whether the window may act on a chord that was pressed there: not on what a text, a terminal or an open dialog needs itself. */
function isOurs(chord: Chord, target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return !isPlain(chord);
  if (target.closest(CATCHING)) return false;
  if (target.closest('.xterm')) return !belongsToTerminal(chord);
  return !isPlain(chord) || !isTextField(target);
}

/**
 * Runs the window's commands by their keys until it is called off. Chords come first, before what has the focus; plain keys come
 * last, so that a panel that has a use for them is asked before.
 */
export function listenForKeys(commands: CommandsStore): () => void {
  const listen = (event: KeyboardEvent, turn: 'before' | 'after'): void => {
    const chord = chordOf(event);
    if (chord === undefined || event.defaultPrevented || isPlain(chord) !== (turn === 'after')) return;
    const command = commands.commandOf(chord, 'window');
    if (command === undefined || !isOurs(chord, event.target)) return;
    event.preventDefault();
    event.stopPropagation();
    commands.run(command);
  };
  const before = (event: KeyboardEvent): void => listen(event, 'before');
  const after = (event: KeyboardEvent): void => listen(event, 'after');
  window.addEventListener('keydown', before, { capture: true });
  window.addEventListener('keydown', after);
  return () => {
    window.removeEventListener('keydown', before, { capture: true });
    window.removeEventListener('keydown', after);
  };
}
