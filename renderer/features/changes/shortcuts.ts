import type { Command } from '../../app/commands/command.ts';
import { messages } from './messages.ts';

export type CommandName = keyof typeof messages.commands;

/** What each key does while the focus is on the changes, but not in a field or a text that is edited. */
const KEYS: Readonly<Record<CommandName, string>> = {
  nextFile: 'J',
  previousFile: 'K',
  nextHunk: 'N',
  previousHunk: 'P',
  acceptHunk: 'A',
  rejectHunk: 'X',
  acceptFile: 'Shift+A',
  rejectFile: 'Shift+X',
  acceptRest: 'R',
  undecide: 'U',
  edit: 'E',
  comment: 'C',
  sendComments: 'Shift+S',
  takeWorkspace: '1',
  takeSession: '2',
  takeBoth: '3',
  merge: 'M',
  undo: 'Shift+Z',
  layout: 'L',
  fold: 'F',
  whitespace: 'W',
  wrap: 'G',
  arrangement: 'T',
  maximize: 'V',
  filter: '/',
};

const PREFIX = 'changes.';

/** They work in the changes only. */
export const CHANGES_COMMANDS: readonly Command[] = Object.entries(KEYS).map(([name, keys]) => ({
  id: PREFIX + name,
  // The entries of a record have its keys.
  title: messages.commands[name as CommandName],
  group: messages.commandsGroup,
  scope: 'changes',
  keys: [keys],
}));

/** The command of an id of that list. */
export function commandNameOf(id: string): CommandName | undefined {
  const name = id.startsWith(PREFIX) ? id.slice(PREFIX.length) : '';
  // What is a key of the record is a name.
  return name in KEYS ? (name as CommandName) : undefined;
}
