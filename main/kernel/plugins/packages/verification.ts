import type { PluginComponent, Publisher, SigstoreIdentity } from '../../../../schema/contract/plugin.ts';
import type { PluginManifest } from '../../../../schema/plugin-manifest.ts';
import { checkManifest, claimedId, fileProblems, missingManifest, parseManifest } from '../manifest-check.ts';
import type { PackageProblem, PluginPackage } from '../ports.ts';
import { misleadingProblems } from './misleading-text.ts';
import { isSignedBy, signedBytes } from './publisher-key.ts';
import { componentsOf } from './sbom.ts';

/** Whose signatures count, and whether a package may have none. */
export interface Trust {
  /** By name: an Ed25519 public key, or who they are to Sigstore. */
  readonly publishers: ReadonlyMap<string, Pick<Publisher, 'publicKey' | 'identity'>>;
  readonly unsigned: 'refused' | 'allowed';
  readonly sigstore: VerifySigstore;
}

export type SigstoreSigner = SigstoreIdentity;

/** Port: who signed these bytes, offline, against a pinned trust root. Rejects with why the bundle proves nothing. */
export type VerifySigstore = (bundle: unknown, bytes: Buffer) => Promise<SigstoreSigner>;

export interface VerifiedPackage {
  readonly id: string | null;
  /** Only where nothing is wrong. */
  readonly manifest: PluginManifest | undefined;
  readonly problems: readonly PackageProblem[];
  /** The trusted publisher whose key signed it; undefined where it is unsigned. */
  readonly signer: string | undefined;
  readonly components: readonly PluginComponent[];
}

/** The text of a file of the package; undefined where there is none or it is too long. */
export type ReadText = (path: string) => Promise<string | undefined>;

const DIGEST = /^[0-9a-f]{64}$/;
const SIGNATURE_LIMIT_BYTES = 16 * 1024;
/** Base64 of 64 bytes. */
const ED25519_SIGNATURE = /^[A-Za-z0-9+/]{86}==$/;
/** Nobody but the program itself speaks for it. */
const OWN_NAMES = new Set(['cavern', 'the cavern authors', 'cavern authors']);

/**
 * Verifies a package offline and closed: what it holds, the format of digests and signature, the manifest, then in the order of
 * the specification signature present, SBOM present, digests, signature, publisher. Stops at the first step that finds something.
 */
export async function verifyPackage(found: PluginPackage, trust: Trust, readText: ReadText): Promise<VerifiedPackage> {
  const refused = (problems: readonly PackageProblem[], id: string | null = null): VerifiedPackage => ({
    id,
    manifest: undefined,
    problems,
    signer: undefined,
    components: [],
  });
  if (found.problems.length > 0) return refused(found.problems);
  if (found.manifest === undefined) return refused([missingManifest()]);
  const { value, problem } = parseManifest(found.manifest);
  if (problem) return refused([problem]);
  const id = claimedId(value);
  const formats = formatProblems(value);
  if (formats.length > 0) return refused(formats, id);
  const { manifest, problems } = await checkManifest(value);
  if (manifest === undefined || problems.length > 0) return refused(problems, id);
  const steps: readonly (() => readonly PackageProblem[])[] = [
    () => misleadingProblems(manifest),
    () => absences(manifest, trust),
    () => fileProblems(manifest, found.files),
  ];
  for (const step of steps) {
    const met = step();
    if (met.length > 0) return refused(met, id);
  }
  const components = await componentsIn(manifest, readText);
  if (components === undefined) {
    const message = 'it is no CycloneDX document in JSON, version 1.4 or later';
    return refused([{ code: 'invalid_sbom', message, path: manifest.sbom ?? '' }], id);
  }
  const signing = await signatureProblem(manifest, trust);
  if (signing) return refused([signing], id);
  return { id, manifest, problems: [], signer: manifest.signature && manifest.publisher, components };
}

/** Before the manifest's own schema, so that these have their own codes. */
function formatProblems(value: unknown): PackageProblem[] {
  if (typeof value !== 'object' || value === null) return [];
  const { files, signature }: { files?: unknown; signature?: unknown } = value;
  if (typeof files === 'object' && files !== null) {
    const wrong = Object.entries(files).find(([, digest]) => typeof digest !== 'string' || !DIGEST.test(digest));
    if (wrong) {
      const message = `the digest of "${wrong[0].slice(0, 200)}" is not 64 hexadecimal digits in lower case`;
      return [{ code: 'invalid_digest_format', message, path: '/files' }];
    }
  }
  if (signature === undefined) return [];
  const path = '/signature';
  if (Buffer.byteLength(JSON.stringify(signature) ?? '') > SIGNATURE_LIMIT_BYTES) {
    return [{ code: 'oversized_signature', message: `it has more than ${SIGNATURE_LIMIT_BYTES} bytes`, path }];
  }
  const { kind, signature: bytes }: { kind?: unknown; signature?: unknown } = Object(signature);
  if (kind === 'ed25519' && (typeof bytes !== 'string' || !ED25519_SIGNATURE.test(bytes))) {
    return [{ code: 'invalid_signature', message: 'it is not 64 bytes in Base64', path }];
  }
  return [];
}

function absences({ signature, sbom, files, publisher }: PluginManifest, trust: Trust): PackageProblem[] {
  const isAllowed = trust.unsigned === 'allowed';
  const fold = (name: string): string => name.toLowerCase();
  if (signature === undefined) {
    if (!isAllowed) {
      return [
        { code: 'missing_signature', message: 'it is not signed, and the settings ask for it', path: '/signature' },
      ];
    }
    const known = [...trust.publishers.keys()].some((name) => fold(name) === fold(publisher));
    if (known || OWN_NAMES.has(fold(publisher))) {
      const message = `it says that "${publisher}" made it, who would have signed it`;
      return [{ code: 'untrusted_publisher', message, path: '/publisher' }];
    }
  }
  if (sbom === undefined && !isAllowed) {
    return [
      { code: 'missing_sbom', message: 'it does not say what is in it, and the settings ask for it', path: '/sbom' },
    ];
  }
  // Without the digests, a signature would cover the manifest and no line of code.
  if (signature !== undefined && files === undefined) {
    return [{ code: 'invalid_digest_format', message: 'it is signed and lists no digests', path: '/files' }];
  }
  return [];
}

async function componentsIn({ sbom }: PluginManifest, readText: ReadText): Promise<PluginComponent[] | undefined> {
  if (sbom === undefined) return [];
  const text = await readText(sbom);
  return text === undefined ? undefined : componentsOf(text);
}

async function signatureProblem(manifest: PluginManifest, trust: Trust): Promise<PackageProblem | undefined> {
  const { signature } = manifest;
  if (signature === undefined) return undefined;
  return signature.kind === 'sigstore'
    ? sigstoreProblem(manifest, signature.bundle, trust)
    : keyProblem(manifest, signature, trust);
}

type KeySignature = Extract<PluginManifest['signature'], { kind: 'ed25519' }>;

function keyProblem(manifest: PluginManifest, by: KeySignature, { publishers }: Trust): PackageProblem | undefined {
  const path = '/signature';
  const { publisher, signature } = by;
  const key = publishers.get(publisher)?.publicKey;
  if (key === undefined) return untrusted(publisher);
  if (!isSignedBy(manifest, signature, key)) {
    return { code: 'invalid_signature', message: `the key of "${publisher}" did not make it`, path };
  }
  if (publisher !== manifest.publisher) {
    const message = `"${publisher}" signed it, and it says that "${manifest.publisher}" made it`;
    return { code: 'untrusted_publisher', message, path: '/publisher' };
  }
  return undefined;
}

/** The publisher that the manifest names must be trusted as exactly the identity that the certificate names. */
async function sigstoreProblem(
  manifest: PluginManifest,
  bundle: unknown,
  { publishers, sigstore }: Trust,
): Promise<PackageProblem | undefined> {
  const { publisher } = manifest;
  const wanted = publishers.get(publisher)?.identity;
  if (wanted === undefined) return untrusted(publisher);
  const path = '/signature';
  let signer: SigstoreSigner;
  try {
    signer = await sigstore(bundle, signedBytes(manifest));
  } catch (thrown) {
    const why = (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 300);
    return { code: 'invalid_signature', message: `its Sigstore bundle proves nothing: ${why}`, path };
  }
  if (signer.issuer === wanted.issuer && signer.subject === wanted.subject) return undefined;
  const message = `"${signer.subject}" (${signer.issuer}) signed it, whom you do not trust as "${publisher}"`;
  return { code: 'untrusted_publisher', message: message.slice(0, 500), path };
}

function untrusted(publisher: string): PackageProblem {
  const message = `"${publisher}" is not a publisher that you trust`;
  return { code: 'untrusted_publisher', message, path: '/signature', publisher };
}
