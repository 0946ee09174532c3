/** What a key means to the window; a key that means nothing to it is the terminal's. */
export type KeyMeaning =
  | 'copy'
  | 'find'
  | 'previous command'
  | 'next command'
  | 'first line'
  | 'last line'
  | 'leave to the window';

const WITH_SHIFT: Readonly<Record<string, KeyMeaning>> = {
  KeyC: 'copy',
  KeyF: 'find',
  ArrowUp: 'previous command',
  ArrowDown: 'next command',
  // The browser pastes by itself.
  KeyV: 'leave to the window',
};

type Key = Pick<KeyboardEvent, 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey' | 'key' | 'code'>;

export function meaningOf(event: Key): KeyMeaning | undefined {
  const isCommand = event.ctrlKey || event.metaKey;
  if (event.ctrlKey && (event.key === 'PageUp' || event.key === 'PageDown')) return 'leave to the window';
  // The browser makes the event of both that a menu is opened by.
  if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey && !isCommand))
    return 'leave to the window';
  if (event.key === 'Insert') return event.ctrlKey ? 'copy' : event.shiftKey ? 'leave to the window' : undefined;
  // As Shift with Page Up and Page Down, which xterm.js knows by itself.
  if (event.shiftKey && !isCommand && !event.altKey) {
    if (event.key === 'Home') return 'first line';
    if (event.key === 'End') return 'last line';
  }
  return isCommand && event.shiftKey && !event.altKey ? WITH_SHIFT[event.code] : undefined;
}

/** What a terminal says by itself, asked by a program: who it is, what it can draw, where the cursor and the mouse are, whether it has the focus. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const ANSWER = /^\x1b(?:\[[?>=<]?[\d;$]*[cnRytIOMm]|\[\?[\d;]*S|\]|P)/;

/** True for a text that nobody typed: it is for the program that asked, and for no other terminal. */
export function isAnswer(text: string): boolean {
  return ANSWER.test(text);
}
