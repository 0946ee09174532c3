import type { SecretForm } from '../../../schema/contract/secret.ts';
import { Secret } from '../../base/secret.ts';
import type { Credential } from '../network/network-gate.ts';
import { headerValue } from './secret-fit.ts';

type HeaderForm = Extract<SecretForm, { kind: 'header' }>;

const PORTS = { 'http:': 80, 'https:': 443 } as const;

/** True where a plain request for this host and port is one that this secret is put into. */
export function isFor({ origin }: HeaderForm, host: string, port: number): boolean {
  const url = new URL(origin);
  // Without a port the sandbox asks at 80, whatever the origin's own is.
  return url.hostname === host && port === (url.port === '' ? PORTS['http:'] : Number(url.port));
}

export function credentialOf(name: string, as: HeaderForm, value: Secret): Credential {
  const url = new URL(as.origin);
  const isSecure = url.protocol === 'https:';
  return {
    secret: name,
    header: as.header ?? 'Authorization',
    value: new Secret(headerValue(as, value)),
    transport: isSecure ? 'tls' : 'plain',
    port: url.port === '' ? PORTS[isSecure ? 'https:' : 'http:'] : Number(url.port),
  };
}
