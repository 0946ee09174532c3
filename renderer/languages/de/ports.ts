import type { messages } from '../../features/ports/messages.ts';
import { formatCount } from '../../ui/format.ts';

export const ports: typeof messages = {
  button: (open) => (open === 0 ? 'Ports' : `Ports (${open})`),
  buttonTitle: 'Den Port eines Servers in der Sandbox für Ihren Browser öffnen',
  title: 'Ports',
  about:
    'Ein Server in der Sandbox ist von außen nicht erreichbar. Öffnen Sie seinen Port, und er ist es, nur von diesem Rechner aus, bis Sie ihn schließen oder die Sandbox endet.',
  none: 'Nichts in der Sandbox lauscht auf einem Port. Starten Sie einen Server in einem Terminal, dann steht er hier.',
  port: (port) => `Port ${port}`,
  notOpen: 'nicht offen',
  notListening: 'dort lauscht gerade nichts',
  connections: (count) => formatCount(count, 'Verbindung', 'Verbindungen'),
  open: 'Öffnen',
  browse: 'Im Browser öffnen',
  close: 'Schließen',
  other: 'Anderer Port',
  otherHint: 'Anderer Port, von 1 bis 65535',
};
