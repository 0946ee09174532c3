import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { initializeCA, initializeTLog } from '@sigstore/mock';
import type { SigstoreIdentity } from '../../../../schema/contract/plugin.ts';

const START = '2020-01-01T00:00:00Z';
const ISSUER = '1.3.6.1.4.1.57264.1.1';
const ISSUER_V2 = '1.3.6.1.4.1.57264.1.8';

const keyPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const base64 = (bytes: Uint8Array | ArrayBuffer): string => Buffer.from(bytes as Uint8Array).toString('base64'); // both are bytes
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const pemOf = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`;

export interface SigstoreAuthority {
  /** As `trusted_root.json` holds it. */
  readonly trustedRoot: unknown;
  /** What `cosign sign-blob --bundle` writes for somebody who has logged in as this identity. */
  sign(bytes: Buffer, as: SigstoreIdentity): Promise<Record<string, unknown>>;
}

const uint = (value: number, bytes: number): Buffer => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(BigInt(value));
  return buffer.subarray(8 - bytes);
};

/** The bytes of the first element inside of a DER sequence: of a certificate, what is signed of it. */
function firstElement(der: Buffer): Buffer {
  const sizeAt = (at: number): { head: number; length: number } => {
    const short = der.readUInt8(at + 1);
    const more = short < 0x80 ? 0 : short - 0x80;
    return { head: 2 + more, length: more === 0 ? short : der.readUIntBE(at + 2, more) };
  };
  const start = sizeAt(0).head;
  const { head, length } = sizeAt(start);
  return der.subarray(start, start + head + length);
}

/** A certificate log as RFC 6962 describes it: a promise to log a certificate, with its length before it. */
function certificateLog() {
  const { publicKey, privateKey } = keyPair();
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const logID = sha256(spki);
  return {
    publicKey: spki,
    logID,
    async log(certificate: ArrayBuffer, issuerId: ArrayBuffer): Promise<ArrayBuffer> {
      const at = uint(Date.now(), 8);
      const tbs = firstElement(Buffer.from(certificate));
      const promised = [uint(0, 2), at, uint(1, 2), Buffer.from(issuerId), uint(tbs.length, 3), tbs, uint(0, 2)];
      const signature = sign('sha256', Buffer.concat(promised), privateKey);
      const head = [uint(0, 1), logID, at, uint(0, 2), Buffer.from([4, 3]), uint(signature.length, 2), signature];
      const promise = Buffer.concat(head);
      return Uint8Array.from(Buffer.concat([uint(promise.length, 2), promise])).buffer;
    },
  };
}

/** A certificate authority, a certificate log and a transparency log of our own, which nobody else trusts. */
export async function sigstoreAuthority(): Promise<SigstoreAuthority> {
  const ctLog = certificateLog();
  const ca = await initializeCA(keyPair(), ctLog);
  const tlog = await initializeTLog('https://log.example', keyPair());
  const log = (publicKey: Buffer, logId: Buffer) => ({
    baseUrl: 'https://log.example',
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: base64(publicKey), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor: { start: START } },
    logId: { keyId: base64(logId) },
  });
  return {
    trustedRoot: {
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [log(tlog.publicKey, sha256(tlog.publicKey))],
      certificateAuthorities: [
        {
          subject: { commonName: 'sigstore', organization: 'sigstore.mock' },
          uri: 'https://ca.example',
          certChain: { certificates: [{ rawBytes: base64(ca.rootCertificate) }] },
          validFor: { start: START },
        },
      ],
      ctlogs: [log(ctLog.publicKey, ctLog.logID)],
      timestampAuthorities: [],
    },
    async sign(bytes, { issuer, subject }) {
      const { publicKey, privateKey } = keyPair();
      const certificate = await ca.issueCertificate({
        publicKey: publicKey.export({ format: 'der', type: 'spki' }),
        subjectAltName: subject,
        extensions: [
          { oid: ISSUER, value: issuer, legacy: true },
          { oid: ISSUER_V2, value: issuer },
        ],
      });
      return bundleOf({ bytes, certificate, privateKey, tlog });
    },
  };
}

/** As a log of version 1 answers. */
interface LogEntries {
  readonly [uuid: string]: {
    readonly body: string;
    readonly integratedTime: number;
    readonly logID: string;
    readonly logIndex: number;
    readonly verification: {
      readonly signedEntryTimestamp: string;
      readonly inclusionProof: { logIndex: number; treeSize: number; checkpoint: string; rootHash: string };
    };
  };
}

interface Signing {
  readonly bytes: Buffer;
  readonly certificate: Buffer;
  readonly privateKey: KeyObject;
  readonly tlog: { log(entry: object): Promise<unknown> };
}

async function bundleOf({ bytes, certificate, privateKey, tlog }: Signing): Promise<Record<string, unknown>> {
  const signature = sign('sha256', bytes, privateKey);
  const answer: unknown = await tlog.log({
    apiVersion: '0.0.1',
    kind: 'hashedrekord',
    spec: {
      data: { hash: { algorithm: 'sha256', value: sha256(bytes).toString('hex') } },
      signature: {
        content: base64(signature),
        publicKey: { content: base64(Buffer.from(pemOf(certificate))) },
      },
    },
  });
  const [entry] = Object.values(answer as LogEntries); // its types come from a package that is not part of it
  if (entry === undefined) throw new Error('the log gave no entry');
  const { inclusionProof: proof, signedEntryTimestamp } = entry.verification;
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: {
      certificate: { rawBytes: base64(certificate) },
      tlogEntries: [
        {
          logIndex: String(entry.logIndex),
          logId: { keyId: base64(Buffer.from(entry.logID, 'hex')) },
          kindVersion: { kind: 'hashedrekord', version: '0.0.1' },
          integratedTime: String(entry.integratedTime),
          inclusionPromise: { signedEntryTimestamp },
          inclusionProof: {
            logIndex: String(proof.logIndex),
            rootHash: base64(Buffer.from(proof.rootHash, 'hex')),
            treeSize: String(proof.treeSize),
            hashes: [],
            checkpoint: { envelope: proof.checkpoint },
          },
          canonicalizedBody: entry.body,
        },
      ],
      timestampVerificationData: { rfc3161Timestamps: [] },
    },
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: base64(sha256(bytes)) },
      signature: base64(signature),
    },
  };
}
