import { inLanguage } from '../../ui/language.ts';

const english = {
  button: (open: number) => (open === 0 ? 'Ports' : `Ports (${open})`),
  buttonTitle: 'Open a port of a server in the sandbox for your browser',
  title: 'Ports',
  about:
    'A server in the sandbox cannot be reached from outside. Open its port, and it can be, from this machine only, until you close it or the sandbox ends.',
  none: 'Nothing in the sandbox listens on a port. Start a server in a terminal, and it is listed here.',
  port: (port: number) => `Port ${port}`,
  notOpen: 'not open',
  notListening: 'nothing listens there now',
  connections: (count: number) => (count === 1 ? '1 connection' : `${count} connections`),
  open: 'Open',
  browse: 'Open in browser',
  close: 'Close',
  other: 'Another port',
  otherHint: 'Another port, from 1 to 65535',
} as const;

export const messages = inLanguage('ports', english);
