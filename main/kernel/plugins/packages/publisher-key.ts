import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { PluginManifest } from '../../../../schema/plugin-manifest.ts';

/** What is signed begins with this, so that a signature over a manifest is one over nothing else. */
const DOMAIN = 'cavern-plugin-signature-v1\n';

/** What a publisher signs: the manifest without its signature, as canonical JSON (RFC 8785). The digests in it stand for the files. */
export function signedBytes(manifest: PluginManifest): Buffer {
  const { signature: _signature, ...signed } = manifest;
  return Buffer.from(`${DOMAIN}${canonicalize(signed) ?? ''}`, 'utf8');
}

/** An Ed25519 public key from Base64 of its SubjectPublicKeyInfo (RFC 8410); undefined where it is none. */
export function publicKeyOf(spki: string): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

/** The manifest with a publisher's signature over all the rest of it, which has to name the publisher and list the digests. */
export function signManifest(manifest: PluginManifest, publisher: string, privateKey: KeyObject): PluginManifest {
  const signature = sign(null, signedBytes(manifest), privateKey).toString('base64');
  return { ...manifest, signature: { kind: 'ed25519', publisher, signature } };
}

/** Whether the key made the signature (64 bytes, Base64) over the manifest. */
export function isSignedBy(manifest: PluginManifest, signature: string, spki: string): boolean {
  const key = publicKeyOf(spki);
  return key !== undefined && verify(null, signedBytes(manifest), key, Buffer.from(signature, 'base64'));
}
