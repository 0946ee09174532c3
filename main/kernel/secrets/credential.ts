import type { SecretForm } from '../../../schema/contract/secret.ts';
import type { Logger } from '../../base/logger.ts';
import { Secret } from '../../base/secret.ts';
import type { Credential } from '../network/network-gate.ts';
import type { SecretVault } from './ports.ts';
import { headerValue } from './secret-fit.ts';

/** What the proxy puts into requests to one origin. */
export type HeaderForm = Extract<SecretForm, { kind: 'header' }>;

const PORTS = { 'http:': 80, 'https:': 443 } as const;

/** True where a plain request for this host and port is one that this secret is put into. */
export function isFor({ origin }: HeaderForm, host: string, port: number): boolean {
  const url = new URL(origin);
  // Without a port the sandbox asks at 80, whatever the origin's own is.
  return url.hostname === host && port === (url.port === '' ? PORTS['http:'] : Number(url.port));
}

/** Of the origin itself. */
export function portOf({ origin }: HeaderForm): number {
  const { protocol, port } = new URL(origin);
  return port === '' ? PORTS[protocol === 'https:' ? 'https:' : 'http:'] : Number(port);
}

export function credentialOf(name: string, as: HeaderForm, value: Secret): Credential {
  return {
    secret: name,
    header: as.header ?? 'Authorization',
    value: new Secret(headerValue(as, value)),
    transport: new URL(as.origin).protocol === 'https:' ? 'tls' : 'plain',
    port: portOf(as),
  };
}

interface Source {
  readonly vault: Pick<SecretVault, 'reveal'>;
  readonly logger: Logger;
}

/** For a request that cannot wait for a person: what cannot be read is not there, and is told in the log. */
export function revealed(name: string, { vault, logger }: Source): Secret | undefined {
  try {
    return vault.reveal(name);
  } catch (cause) {
    logger.error('a secret cannot be read; it is put into no request', { secret: name, cause });
    return undefined;
  }
}
