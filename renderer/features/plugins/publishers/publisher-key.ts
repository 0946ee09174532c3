/** What somebody pasted or chose as a publisher's public key. */
export type GivenKey =
  | { readonly kind: 'key'; readonly publicKey: string }
  | { readonly kind: 'empty' | 'private' | 'other' };

/** An Ed25519 SubjectPublicKeyInfo (RFC 8410) in Base64: a fixed head and 32 bytes. */
const SPKI = /^MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=$/;
const PEM = /-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----/;

/** Reads PEM, Base64, or the line that `cavern plugin sign` prints. */
export function readPublisherKey(text: string): GivenKey {
  if (text.trim() === '') return { kind: 'empty' };
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return { kind: 'private' };
  const inner = PEM.exec(text)?.[1]?.replaceAll(/\s+/g, '');
  const key = inner ?? text.trim().split(/\s+/).at(-1) ?? '';
  return SPKI.test(key) ? { kind: 'key', publicKey: key } : { kind: 'other' };
}

/** SHA-256 over the key's bytes (Base64 in, hexadecimal in groups of four out), to be compared over the telephone. */
export async function fingerprintOf(publicKey: string): Promise<string> {
  const bytes = Uint8Array.from(atob(publicKey), (letter) => letter.charCodeAt(0));
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const hex = [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.match(/.{4}/g)?.join(' ') ?? hex;
}
