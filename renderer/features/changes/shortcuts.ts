import { messages } from './messages.ts';

export type CommandName = keyof typeof messages.commands;

/** What each key does while the focus is on the changes, but not in a field or a text that is edited. */
export const SHORTCUTS: readonly { readonly key: string; readonly command: CommandName }[] = [
  { key: 'j', command: 'nextFile' },
  { key: 'k', command: 'previousFile' },
  { key: 'n', command: 'nextHunk' },
  { key: 'p', command: 'previousHunk' },
  { key: 'a', command: 'acceptHunk' },
  { key: 'x', command: 'rejectHunk' },
  { key: 'A', command: 'acceptFile' },
  { key: 'X', command: 'rejectFile' },
  { key: 'r', command: 'acceptRest' },
  { key: 'u', command: 'undecide' },
  { key: 'e', command: 'edit' },
  { key: 'c', command: 'comment' },
  { key: 'S', command: 'sendComments' },
  { key: '1', command: 'takeWorkspace' },
  { key: '2', command: 'takeSession' },
  { key: '3', command: 'takeBoth' },
  { key: 'm', command: 'merge' },
  { key: 'Z', command: 'undo' },
  { key: 'l', command: 'layout' },
  { key: 'f', command: 'fold' },
  { key: 'w', command: 'whitespace' },
  { key: 'g', command: 'wrap' },
  { key: 't', command: 'arrangement' },
  { key: 'v', command: 'maximize' },
  { key: '/', command: 'filter' },
  { key: '?', command: 'help' },
];

const BY_KEY = new Map(SHORTCUTS.map(({ key, command }) => [key, command]));

/** Keys that a person types text with belong to the text. */
export function commandOf(event: KeyboardEvent): CommandName | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return undefined;
  const { target } = event;
  if (target instanceof Element && target.closest('input:not([type="checkbox"]), textarea, select, [data-editing]')) {
    return undefined;
  }
  return BY_KEY.get(event.key);
}

export function keyOf(command: CommandName): string {
  return SHORTCUTS.find((shortcut) => shortcut.command === command)?.key ?? '';
}
