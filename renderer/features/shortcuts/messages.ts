import { inLanguage } from '../../ui/language.ts';

const english = {
  title: 'Keyboard shortcuts',
  find: 'Find a shortcut',
  none: 'No shortcut is called like that.',
  without: 'without keys',
  inTerminals:
    'In a terminal only keys with Ctrl+Shift, F6 and Ctrl with a digit reach the window; the shell gets all others.',
  change: 'Change shortcuts…',
} as const;

export const messages = inLanguage('shortcuts', english);
