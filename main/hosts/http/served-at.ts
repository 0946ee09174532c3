import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { Fault } from '../../../schema/fault.ts';

/** What serves TLS, as PEM. */
export interface TlsIdentity {
  /** The certificate, with those between it and its authority. */
  readonly certificate: string;
  readonly privateKey: string;
  /** Of the authorities that vouch for clients; where it is given, a client without such a certificate is not let in. */
  readonly clientAuthorities?: string | undefined;
}

/** Where a server is: what a request may name as its host, and a page as its origin. */
export interface ServedAt {
  readonly scheme: 'http' | 'https';
  /** Of the address that it listens on, once it does. */
  readonly url: string;
  readonly port: number;
  /** Host and port of that. */
  readonly place: string;
  /** Whether a name without its port, in small letters, is one of this server's. */
  readonly isOwnName: (name: string) => boolean;
}

export const LOOPBACK = '127.0.0.1';
/** Names under which this machine reaches itself. Any other name in `Host` is one that somebody else's DNS pointed here. */
const OWN_NAMES: ReadonlySet<string> = new Set([LOOPBACK, 'localhost', '[::1]']);

/** True for addresses that no other machine reaches. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^127(\.\d{1,3}){3}$/.test(address);
}

/** An address as it stands in a URL. */
export function inUrl(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address;
}

/**
 * Judges by which names a server is reached: this machine's own, the address that it listens on, and with TLS those that
 * its certificate is for.
 */
export function servedAt(
  { address, port }: { readonly address: string; readonly port: number },
  tls: TlsIdentity | undefined,
): ServedAt {
  const own = new Set([...OWN_NAMES, inUrl(address)]);
  const place = `${inUrl(address)}:${port}`;
  if (tls === undefined)
    return { scheme: 'http', port, place, url: `http://${place}`, isOwnName: (name) => own.has(name) };
  const certificate = new X509Certificate(tls.certificate);
  return {
    scheme: 'https',
    port,
    place,
    url: `https://${place}`,
    isOwnName: (name) => own.has(name) || isNamed(certificate, name),
  };
}

function isNamed(certificate: X509Certificate, name: string): boolean {
  const address = name.replace(/^\[(.*)\]$/, '$1');
  if (isIP(address) !== 0) return certificate.checkIP(address) !== undefined;
  return certificate.checkHost(name, { subject: 'never' }) !== undefined;
}

/**
 * Holds an address and what serves TLS on it to the rules: other machines are served over TLS only.
 * @throws Fault `tls_needed`, `tls_invalid`
 */
export function checkServing(address: string, tls: TlsIdentity | undefined): void {
  if (isIP(address) === 0) {
    throw new Fault('invalid_address', `Cannot serve on "${address}": it is no address of a network`, {
      fix: 'Name an address of this machine, such as 192.0.2.7, or 0.0.0.0 for all of them.',
    });
  }
  if (tls === undefined) {
    if (isLoopback(address)) return;
    throw new Fault('tls_needed', `Cannot serve on ${address}: other machines are served over TLS only`, {
      why: 'Keys would go over the network in the clear.',
      fix: 'Give a certificate and its key: --tls-cert and --tls-key, or on the page Gateway.',
    });
  }
  const problem = problemOf(tls);
  if (problem === undefined) return;
  throw new Fault('tls_invalid', `Cannot serve over TLS: ${problem}`, {
    fix: 'Give a certificate and its own key, as PEM.',
  });
}

function problemOf({ certificate, privateKey, clientAuthorities }: TlsIdentity): string | undefined {
  const [own, key] = [readOr(() => new X509Certificate(certificate)), readOr(() => createPrivateKey(privateKey))];
  if (own === undefined) return 'the certificate cannot be read';
  if (key === undefined) return 'the private key cannot be read, or is encrypted';
  if (!own.checkPrivateKey(key)) return 'the private key is not that of the certificate';
  if (clientAuthorities !== undefined && readOr(() => new X509Certificate(clientAuthorities)) === undefined) {
    return 'the certificate of the authority of clients cannot be read';
  }
  return undefined;
}

function readOr<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
