import { readFile } from 'node:fs/promises';

const LISTENING = '0A';

/** The ports that something in this network namespace listens on, on any address, in order. */
export async function listeningPorts(): Promise<number[]> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  return portsIn(tables);
}

/** From tables in the form of /proc/net/tcp: `sl local_address rem_address st …`, in hexadecimal. */
export function portsIn(tables: readonly string[]): number[] {
  const ports = new Set<number>();
  for (const line of tables.flatMap((table) => table.split('\n').slice(1))) {
    const [, local = '', , state] = line.trim().split(/\s+/);
    const port = Number.parseInt(local.split(':')[1] ?? '', 16);
    if (state === LISTENING && port > 0) ports.add(port);
  }
  return [...ports].sort((a, b) => a - b);
}
