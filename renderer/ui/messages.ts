import { inLanguage } from './language.ts';

const english = {
  copied: 'Copied',
  cancel: 'Cancel',
  close: 'Close',
  clear: 'Clear',
  fix: 'Fix',
  copyFix: 'Copy the fix',
  choose: 'Choose…',
  notSet: 'Not set',
  selected: 'selected',
  menus: 'Menus and hints',
  onePerLine: 'One per line',
  required: 'Required',
  notValid: 'Not valid',
  notJson: 'Not JSON yet',
  /** In place of what the validator, which speaks English, says of a value, by the keyword that it does not keep. */
  problems: {} as Readonly<Record<string, string>>,
  /** In place of what the editor, which speaks English, says by itself. */
  codePhrases: {} as Readonly<Record<string, string>>,
  moreCharacters: (count: number) => `${count} more characters`,
  phaseFailed: 'failed',
  phaseDone: 'done',
  /** Keys as they stand on a keyboard that is not a Mac's. */
  keyNames: {
    Mod: 'Ctrl',
    Plus: '+',
    PageUp: 'Page Up',
    PageDown: 'Page Down',
    Shift: 'Shift',
    Enter: 'Enter',
    Escape: 'Escape',
    Delete: 'Delete',
    Space: 'Space',
    Up: 'Up',
    Down: 'Down',
    Left: 'Left',
    Right: 'Right',
  },
  /** The parts of a sandbox's start. */
  phases: {
    layer: 'Workspace, and its secrets hidden',
    volume: 'Copy-on-write mount',
    create: 'Container made',
    image: 'Image',
    start: 'Container started',
    agent: 'Agent answers',
    pool: 'Taken from those started ahead',
  },
} as const;

export const messages = inLanguage('ui', english);
