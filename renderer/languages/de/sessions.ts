import type { messages } from '../../features/sessions/messages.ts';

export const sessions: typeof messages = {
  title: 'Sitzungen',
  none: 'Noch keine Sitzungen. Öffnen Sie einen Ordner, um eine zu starten.',
  actions: (name) => `Aktionen für ${name}`,
  open: 'Öffnen',
  openInWindow: 'In neuem Fenster öffnen',
  stop: 'Anhalten',
  resume: 'Fortsetzen',
  records: 'Protokolleinträge zeigen',
  remove: 'Entfernen…',
  retry: 'Erneut versuchen',
  removeTitle: (name) => `Sitzung „${name}“ entfernen?`,
  removeText:
    'Ihre Sandbox, ihre Terminals und alle nicht übernommenen Änderungen werden gelöscht. Der Ordner selbst bleibt unberührt.',
  removeConfirm: 'Sitzung entfernen',
  starting: (name) => `${name} startet`,
  failed: (name) => `${name} konnte nicht starten`,
  archived: 'Archiviert',
  archivedWhy: 'Sie wurde lange nicht angerührt. Nichts davon wurde gelöscht: Setzen Sie sie einfach fort.',
  phases: 'Schritte des Starts',
  states: {
    starting: 'Startet',
    running: 'Läuft',
    stopping: 'Hält an',
    stopped: 'Angehalten',
    failed: 'Fehlgeschlagen',
  },
};
