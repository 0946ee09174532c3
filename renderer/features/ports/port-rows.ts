import type { OpenPort, SessionPorts } from '../../../schema/contract/port.ts';

/** A port to be shown: open, listened on, or both. */
export interface PortRow {
  readonly port: number;
  readonly open: OpenPort | undefined;
  readonly listening: boolean;
}

export function portRows({ open, listening }: SessionPorts): PortRow[] {
  const ports = [...new Set([...open.map(({ port }) => port), ...listening])].sort((a, b) => a - b);
  return ports.map((port) => ({
    port,
    open: open.find((each) => each.port === port),
    listening: listening.includes(port),
  }));
}

/** The number that was typed; undefined where it is none of a port. */
export function typedPort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}
