import type { messages } from '../../features/sandboxes/messages.ts';
import { formatCount, plural } from '../../ui/format.ts';

const connections = (count: number): string => formatCount(count, 'Verbindung', 'Verbindungen');

export const sandboxes: typeof messages = {
  title: 'Verbrauch der Sandbox',
  cpu: 'CPU',
  memory: 'Arbeitsspeicher',
  processes: 'Prozesse',
  disk: 'Geschrieben',
  unknown: '–',
  ofProcessors: (limit) =>
    plural(limit, {
      one: 'von 1 Prozessor, den das Profil erlaubt',
      other: `von ${limit} Prozessoren, die das Profil erlaubt`,
    }),
  ofLimit: (limit) => `von ${limit}, die das Profil erlaubt`,
  network: 'Netzwerk',
  throughProxy: (received, sent, count) =>
    `über den Proxy: ${received} empfangen, ${sent} gesendet, ${connections(count)} offen`,
  lastMinute: 'die letzte Minute',
  noSandbox: 'Keine Sandbox',
  noSandboxText: 'Diese Sitzung hat derzeit keine. Was die letzte getan hat, steht unten.',
  facts: 'Sandbox',
  plots: 'Verbrauch',
  phases: 'Start',
  events: 'Ereignisse',
  noEvents: 'Noch ist nichts mit ihr geschehen.',
  eventNames: {
    sandbox_created: 'startet',
    sandbox_started: 'läuft',
    sandbox_stopped: 'hält an',
    sandbox_failed: 'fehlgeschlagen',
    sandbox_destroyed: 'beendet',
    terminal_opened: 'Terminal geöffnet',
    terminal_closed: 'Terminal geschlossen',
  },
  networkEvents: { refused: 'Netzwerk verweigert', allowed: 'Netzwerk erlaubt', ended: 'Netzwerk beendet' },
  log: 'Ausgabe des ersten Prozesses',
  emptyLog: 'Er hat nichts ausgegeben.',
  refreshLog: 'Ausgabe neu lesen',
  logUnreadable: (why) => `Die Ausgabe ist nicht lesbar: ${why}`,
  records: 'Alle Protokolleinträge zeigen',
  pause: 'Pausieren',
  pauseAbout: 'Alles darin steht still und behält seinen Speicher; was von ihr verlangt wird, wartet',
  resume: 'Fortsetzen',
  paused: 'Pausiert',
  openInEditor: 'Im Editor öffnen',
  openInEditorAbout:
    'Öffnet eine schreibgeschützte Kopie des Ordners, wie die Sandbox ihn sieht; die Kopie folgt der Sitzung',
  openedInEditor: (files, leftOut) =>
    `${formatCount(files, 'Datei', 'Dateien')} schreibgeschützt im Editor geöffnet${leftOut === 0 ? '' : `; ${leftOut} nicht kopierbar`}`,
  states: {
    creating: 'Startet',
    running: 'Läuft',
    stopping: 'Hält an',
    destroyed: 'Beendet',
    failed: 'Fehlgeschlagen',
  },
  factNames: {
    state: 'Zustand',
    profile: 'Profil',
    image: 'Image',
    engine: 'Engine',
    container: 'Container',
    started: 'Gestartet',
    network: 'Netzwerk',
    limits: 'Grenzen',
  },
  networks: { none: 'nur das eigene Loopback', restricted: 'was die Richtlinie nennt, über den Proxy' },
  limits: (memory, cpus, pids, disk) =>
    `${memory} Arbeitsspeicher, ${formatCount(cpus, 'Prozessor', 'Prozessoren')}, ${pids} Prozesse, ${disk} geschrieben`,
};
