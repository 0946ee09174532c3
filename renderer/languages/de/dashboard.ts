import type { messages } from '../../shell/dashboard/messages.ts';
import { formatCount, plural } from '../../ui/format.ts';

const changes = (count: number): string => formatCount(count, 'Änderung', 'Änderungen');

export const dashboard: typeof messages = {
  title: 'Übersicht',
  waiting: 'Wartet auf Sie',
  nothingWaits: 'Nichts wartet auf Sie.',
  questions: (count) => plural(count, { one: '1 Frage zu beantworten', other: `${count} Fragen zu beantworten` }),
  answer: 'Antworten',
  failedSession: (name) => `${name} konnte nicht starten`,
  look: 'Ansehen',
  changed: (name, count) => `${name}: ${changes(count)} zu prüfen`,
  review: 'Prüfen',
  running: 'Läuft',
  noneRunning: 'Keine Sitzung läuft. Setzen Sie unten eine fort oder öffnen Sie einen Ordner.',
  more: (count) => `und ${count} weitere in der Liste links`,
  changes,
  noChanges: 'noch keine Änderungen',
  open: 'Öffnen',
  resume: 'Fortsetzen',
  recent: 'Letzte Sitzungen',
  folders: 'Zuletzt geöffnete Ordner',
  startIn: (folder) => `Sitzung in ${folder} starten`,
  start: 'Starten',
  actions: 'Schnellzugriff',
  openFolder: 'Ordner öffnen…',
  allCommands: 'Alle Befehle',
  keys: 'Tastenkürzel',
  settings: 'Einstellungen',
};
