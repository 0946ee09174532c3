import type { NetworkGate } from '../../kernel/network/network-gate.ts';
import type { SandboxId } from '../../../schema/entities.ts';
import type { OpenTunnels } from './open-tunnels.ts';
import { type Lookup, NotReachable } from './pinned-connection.ts';

export interface ProxyLimits {
  /** At a time, of one sandbox. */
  readonly connections: number;
  /** Of a request's first line and headers. */
  readonly headerBytes: number;
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** Of one connection, both ways together. */
  readonly connectionBytes: number;
}

export const PROXY_LIMITS: ProxyLimits = {
  connections: 128,
  headerBytes: 32 * 1024,
  connectTimeoutMs: 15_000,
  idleTimeoutMs: 5 * 60_000,
  connectionBytes: 16 * 1024 ** 3,
};

/** What every connection of one sandbox's proxy needs. */
export interface ProxyParts {
  readonly sandbox: SandboxId;
  readonly gate: NetworkGate;
  readonly lookup: Lookup;
  readonly limits: ProxyLimits;
  readonly tunnels: OpenTunnels;
  /** In place of the authorities that the machine trusts; for tests. */
  readonly authorities?: string | undefined;
}

const PHRASES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  502: 'Bad Gateway',
};

/** A whole answer of the proxy itself, as bytes of HTTP/1.1; its connection ends with it. */
export function answer(status: number, reason: string): string {
  const body = answerBody(reason);
  return [
    `HTTP/1.1 ${status} ${PHRASES[status] ?? 'Refused'}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

export function answerBody(reason: string): string {
  return `Cavern refused this connection: ${reason}\n`;
}

/** What to answer to who asked, and what to record, where an allowed connection came to nothing. */
export function refusalStatus(thrown: unknown): { readonly status: number; readonly reason: string } {
  if (thrown instanceof NotReachable)
    return { status: thrown.kind === 'forbidden' ? 403 : 502, reason: thrown.message };
  return { status: 502, reason: 'the connection failed' };
}
