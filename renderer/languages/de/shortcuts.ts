import type { messages } from '../../features/shortcuts/messages.ts';

export const shortcuts: typeof messages = {
  title: 'Tastenkürzel',
  find: 'Tastenkürzel suchen',
  none: 'Kein Tastenkürzel heißt so.',
  without: 'ohne Tasten',
  inTerminals:
    'In einem Terminal erreichen nur Tasten mit Strg+Umschalt, F6 und Strg mit einer Ziffer das Fenster; alle anderen erhält die Shell.',
  change: 'Tastenkürzel ändern…',
};
