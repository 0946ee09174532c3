import type { messages } from '../../features/welcome/messages.ts';
import { plural } from '../../ui/format.ts';

export const welcome: typeof messages = {
  title: 'Ordner öffnen',
  lead: 'Cavern gibt einer Sandbox eine Copy-on-Write-Sicht auf den Ordner. Der Ordner selbst bleibt unverändert, bis Sie Änderungen übernehmen.',
  pathLabel: 'Ordner',
  pathPlaceholder: '/home/sie/projekt',
  open: 'Sitzung starten',
  browse: 'Durchsuchen…',
  sample: 'Mit einem Beispielprojekt ausprobieren',
  sampleText: 'Ein paar Dateien von Cavern selbst, um den ganzen Weg zu gehen: arbeiten, ansehen, übernehmen.',
  recent: 'Zuletzt geöffnete Ordner',
  cave: 'Sandboxes der cave.yaml',
  caveWrong: 'Die cave.yaml ist nicht verwendbar',
  line: (line) => `Zeile ${line}`,
  startNamed: (name) => `${name} starten`,
  images: 'Images der Profile',
  pullImage: 'Laden',
  buildImage: 'Bauen',
  usedBy: (profiles) => `Genutzt von ${profiles.join(', ')}`,
  checks: 'Systemprüfung',
  checking: 'Dieser Rechner wird geprüft…',
  recheck: 'Erneut prüfen',
  allGood: 'Alles, was eine Sitzung braucht, ist da.',
  passed: 'bestanden',
  failed: 'fehlgeschlagen',
  someBad: (count) =>
    plural(count, { one: 'Eine Prüfung ist fehlgeschlagen.', other: `${count} Prüfungen sind fehlgeschlagen.` }),
};
