import type { messages } from '../../features/terminals/messages.ts';
import { formatDuration, formatNumber, plural } from '../../ui/format.ts';

export const terminals: typeof messages = {
  title: (name) => `Terminal ${name}`,
  exited: (exitCode) => `Der Prozess endete mit dem Code ${exitCode}.`,
  openAgain: 'Neues öffnen',
  records: 'Protokolleinträge zu diesem Terminal',
  close: 'Schließen',
  find: 'Im Terminal suchen',
  next: 'Nächster Treffer',
  previous: 'Voriger Treffer',
  closeFind: 'Suche schließen',
  matches: (index, count) => (count === 0 ? 'Kein Treffer' : `${index + 1} von ${count}`),
  actions: 'Terminal-Aktionen',
  copy: 'Kopieren',
  pasteHere: 'Einfügen',
  selectAll: 'Alles auswählen',
  openLink: (name) => `${name} öffnen`,
  followLink: (key, target) => `${key}+Klick öffnet ${target}`,
  splitRight: 'Nach rechts teilen',
  splitDown: 'Nach unten teilen',
  copyOutput: 'Ausgabe des letzten Befehls kopieren',
  noOutput: 'Noch ist kein Befehl zu Ende, oder seine Ausgabe ist schon hinausgescrollt.',
  copied: 'Kopiert',
  clear: 'Verlauf leeren',
  previousCommand: 'Voriger Befehl',
  nextCommand: 'Nächster Befehl',
  typeIntoAll: 'In alle Terminals tippen',
  typesIntoAll: (count) =>
    plural(count, {
      one: 'Was Sie tippen, ginge in alle Terminals; es gibt nur eines.',
      other: `Was Sie tippen, geht in alle ${formatNumber(count)} Terminals.`,
    }),
  typeIntoOne: 'Wieder in eines tippen',
  record: 'Aufzeichnen',
  endRecording: 'Aufzeichnung beenden',
  recorded: 'Dieses Terminal wird aufgezeichnet.',
  recordingKept: (file) => `Die Aufzeichnung ist gespeichert: ${file}`,
  recordings: 'Aufzeichnungen…',
  recordingsTitle: 'Aufzeichnungen von Terminals',
  noRecordings:
    'Noch wurde nichts aufgezeichnet. Wählen Sie „Aufzeichnen“ im Menü eines Terminals; seine Ausgabe wird mit den Zeiten gespeichert.',
  recordingsAbout:
    'Dateien im Format asciicast, das auch andere Abspieler kennen. Lange Pausen werden hier beim Abspielen gekürzt.',
  play: 'Abspielen',
  stop: 'Anhalten',
  remove: 'Entfernen',
  copyPath: 'Pfad kopieren',
  faster: (times) => `${times} ×`,
  speed: 'Tempo',
  replayed: 'Wiedergabe',
  progress: 'Fortschritt dessen, was in diesem Terminal läuft',
  command: (exitCode, durationMs) =>
    exitCode === 0 ? formatDuration(durationMs) : `Code ${exitCode} · ${formatDuration(durationMs)}`,
  paste: {
    title: (lines) => plural(lines, { one: 'Diese Zeile einfügen?', other: `${lines} Zeilen einfügen?` }),
    lines:
      'Was in diesem Terminal läuft, kann eingefügten Text nicht von getipptem unterscheiden: Jede Zeile wird sofort ausgeführt.',
    control:
      'Der Text enthielt Steuerzeichen, die wie Tasten wirken würden. Sie wurden entfernt; dies ist, was übrig bleibt.',
    confirm: 'Einfügen',
  },
  address: {
    title: 'Diese Adresse in Ihrem Browser öffnen?',
    text: 'Sie stammt von einem Programm in der Sandbox. Ihr Browser erreicht sie von außerhalb der Sandbox.',
    confirm: 'Öffnen',
  },
  clipboard: {
    title: 'Das Terminal dies kopieren lassen?',
    text: 'Ein Programm in der Sandbox möchte es in Ihre Zwischenablage legen. Lesen kann es nicht, was dort ist.',
    confirm: 'Kopieren',
  },
  outside: (names) => ({
    message: `${names.length === 1 ? `„${names[0]}“` : `${names.length} Dateien`} im Terminal nicht benennbar: Die Sandbox hat sie nicht`,
    why: 'Eine Sandbox sieht ihren Ordner und sonst nichts von Ihren Dateien.',
    fix: 'Kopieren Sie die Dateien zuerst in den Ordner der Sitzung und ziehen Sie sie von dort herüber.',
  }),
};
