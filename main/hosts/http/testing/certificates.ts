import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 24 * 60 * 60 * 1000;

/** A certificate with its key, as PEM. */
export interface Identity {
  readonly certificate: string;
  readonly privateKey: string;
}

export interface TestAuthority {
  readonly certificate: string;
  /** One for a server of these names, or for a client. */
  issue(names: readonly { readonly type: 'dns' | 'ip'; readonly value: string }[]): Promise<Identity>;
}

/** A certificate authority that is known to nobody but its test. */
export async function testAuthority(name: string): Promise<TestAuthority> {
  const keys = await newKeys();
  const own = await X509CertificateGenerator.createSelfSigned({
    ...validity(),
    serialNumber: '01',
    name: `CN=${name}`,
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  let issued = 1;
  return {
    certificate: pemOf(own),
    async issue(names) {
      const { publicKey, privateKey } = await newKeys();
      issued += 1;
      const certificate = await X509CertificateGenerator.create({
        ...validity(),
        serialNumber: issued.toString(16).padStart(2, '0'),
        subject: `CN=${names[0]?.value ?? 'client'}`,
        issuer: own.subject,
        publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: ALGORITHM,
        extensions: names.length === 0 ? [] : [new SubjectAlternativeNameExtension([...names])],
      });
      const pkcs8 = await crypto.subtle.exportKey('pkcs8', privateKey);
      return { certificate: pemOf(certificate), privateKey: PemConverter.encode(pkcs8, 'PRIVATE KEY') };
    },
  };
}

function newKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function validity(): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + DAY_MS) };
}

function pemOf(certificate: X509Certificate): string {
  return certificate.toString('pem');
}
