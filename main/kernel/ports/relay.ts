import { newId } from '../../base/id.ts';
import type { AgentConnection } from '../sandboxes/agent-port.ts';
import type { LocalConnection } from './ports.ts';

export interface RelayCounts {
  sentBytes: number;
  receivedBytes: number;
}

/** Carries one connection of the operator to a port inside, both ways, until both have ended. Never rejects; what comes from inside is only bytes. */
export async function relay(
  agent: AgentConnection,
  port: number,
  local: LocalConnection,
  counts: RelayCounts,
): Promise<void> {
  const stream = newId();
  const signal = local.closed;
  const onEvent = (method: string, params: unknown): Promise<void> | void => {
    if (method === 'port.end') return local.end();
    const bytes = method === 'port.data' ? bytesOf(params) : undefined;
    if (bytes === undefined) return;
    counts.receivedBytes += bytes.length;
    return local.write(bytes);
  };
  const down = agent.request('port.connect', { stream, port }, { signal, onEvent });
  const up = sendAll(agent, stream, local, counts);
  // What cannot be sent any more is no reason to drop what is still coming.
  up.catch(() => undefined);
  try {
    await down;
    local.end();
  } catch {
    local.destroy();
  }
}

async function sendAll(
  agent: AgentConnection,
  stream: string,
  local: LocalConnection,
  counts: RelayCounts,
): Promise<void> {
  const { closed: signal } = local;
  for await (const bytes of local.chunks) {
    if (bytes.length === 0) continue;
    counts.sentBytes += bytes.length;
    await agent.request('port.write', { stream, base64: Buffer.from(bytes).toString('base64') }, { signal });
  }
  if (!signal.aborted) await agent.request('port.end', { stream }, { signal });
}

function bytesOf(params: unknown): Uint8Array | undefined {
  if (typeof params !== 'object' || params === null || !('base64' in params)) return undefined;
  return typeof params.base64 === 'string' ? Buffer.from(params.base64, 'base64') : undefined;
}
