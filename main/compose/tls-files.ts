import { readFile } from 'node:fs/promises';
import { Fault } from '../../schema/fault.ts';
import type { TlsIdentity } from '../hosts/http/served-at.ts';

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
