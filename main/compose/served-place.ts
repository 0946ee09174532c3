import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { GatewaySettings } from '../../schema/contract/app.ts';
import { Fault, toFault } from '../../schema/fault.ts';
import type { Clock } from '../base/clock.ts';
import { checkServing, LOOPBACK, type TlsIdentity } from '../hosts/http/served-at.ts';
import type { ServedPlace } from '../kernel/gateway/ports.ts';

/** Where what serves TLS lies: absolute paths of PEM files. */
export interface TlsFiles {
  readonly certificate: string;
  readonly privateKey: string;
  /** Of the authorities that vouch for clients; absent: any client may connect. */
  readonly clientAuthorities?: string;
}

/** @throws Fault `tls_invalid` for a file that cannot be read */
export async function readTls(files: TlsFiles): Promise<TlsIdentity> {
  const { certificate, privateKey, clientAuthorities } = files;
  return {
    certificate: await read(certificate),
    privateKey: await read(privateKey),
    ...(clientAuthorities === undefined ? {} : { clientAuthorities: await read(clientAuthorities) }),
  };
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new Fault('tls_invalid', `Cannot serve over TLS: "${file}" cannot be read`, {
      cause,
      why: cause instanceof Error ? cause.message : String(cause),
      fix: 'Name a PEM file that you may read.',
    });
  }
}

/**
 * Where the settings want HTTP and MCP served, with what the files hold now; nothing is read for what the command line
 * ordered, which goes before it.
 * @throws Fault `tls_invalid`
 */
export async function servedPlace(settings: GatewaySettings, ordered: ServedPlace = {}): Promise<ServedPlace> {
  const files = ordered.tls === undefined ? filesOf(settings) : undefined;
  return {
    ...(settings.address === '' ? {} : { address: settings.address }),
    ...(files === undefined ? {} : { tls: await readTls(files) }),
    ...ordered,
  };
}

function filesOf({ certificate, privateKey, clientAuthorities }: GatewaySettings): TlsFiles | undefined {
  if (certificate === '' && privateKey === '' && clientAuthorities === '') return undefined;
  if (certificate === '' || privateKey === '') {
    throw new Fault('tls_invalid', 'Cannot serve over TLS: it takes both a certificate and its private key', {
      fix: 'Name both files, or none of the three.',
    });
  }
  const relative = [certificate, privateKey, clientAuthorities].find((file) => file !== '' && !isAbsolute(file));
  if (relative !== undefined) {
    throw new Fault('tls_invalid', `Cannot serve over TLS: "${relative}" is no absolute path`, {
      why: 'The kernel is started from any folder.',
      fix: 'Name the file from the root on, such as /etc/cavern/server.pem.',
    });
  }
  return { certificate, privateKey, ...(clientAuthorities === '' ? {} : { clientAuthorities }) };
}

/** Holds settings against this machine before they are kept. @throws Fault `invalid_setting` with what they could not do */
export async function checkServedPlace(settings: GatewaySettings, clock: Pick<Clock, 'now'>): Promise<void> {
  try {
    const { address = LOOPBACK, tls } = await servedPlace(settings);
    checkServing(address, tls);
    if (tls !== undefined) checkInForce(tls.certificate, clock.now());
  } catch (thrown) {
    const { message, why, fix } = toFault(thrown);
    throw new Fault('invalid_setting', 'Cannot change the settings: the gateway could not be served with them', {
      cause: thrown,
      why: why === undefined ? message : `${message}. ${why}`,
      ...(fix === undefined ? {} : { fix }),
    });
  }
}

/** A certificate that has ended is one that every client refuses. */
function checkInForce(certificate: string, nowMs: number): void {
  const { validFrom, validTo } = new X509Certificate(certificate);
  const state = Date.parse(validTo) <= nowMs ? 'has ended' : Date.parse(validFrom) > nowMs ? 'is not in force yet' : '';
  if (state === '') return;
  throw new Fault('tls_invalid', `Cannot serve over TLS: the certificate ${state}`, {
    why: `It is for ${validFrom} to ${validTo}.`,
    fix: 'Name one that is in force today.',
  });
}
