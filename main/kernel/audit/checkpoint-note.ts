import {
  createPrivateKey,
  createPublicKey,
  hash as digest,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from 'node:crypto';
import type { ChainHead } from './chain.ts';

/** Signs checkpoints. The public key is the raw 32 bytes of Ed25519 (RFC 8032) in Base64. */
export interface Signer {
  readonly publicKey: string;
  /** The 64-byte signature. */
  sign(message: Uint8Array): Uint8Array;
}

/** A checkpoint taken apart; whether its signature holds is for `verifyNote` to say. */
export interface Checkpoint extends ChainHead {
  readonly chain: string;
}

const ORIGIN_PREFIX = 'cavern/';
/** The algorithm byte of Ed25519 in a C2SP signed note. */
const ED25519_BYTE = 1;
const KEY_ID_BYTES = 4;
const SIGNATURE_BYTES = 64;
const PKCS8_ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_ED25519_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const NOTE =
  /^cavern\/([0-9a-f]{32})\n([1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n\n— cavern\/([0-9a-f]{32}) ([A-Za-z0-9+/]{91}=)\n$/;

/** A signer from the key's 32-byte seed. */
export function signerFromSeed(seed: Uint8Array): Signer {
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_ED25519_PREFIX, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    publicKey: spki.subarray(SPKI_ED25519_PREFIX.length).toString('base64'),
    sign: (message) => signBytes(null, message, privateKey),
  };
}

/** A checkpoint of the chain's head as a C2SP signed note (https://c2sp.org/signed-note). */
export function signNote(chain: string, head: ChainHead, signer: Signer): string {
  const origin = ORIGIN_PREFIX + chain;
  const text = `${origin}\n${head.seq}\n${Buffer.from(head.hash, 'hex').toString('base64')}\n`;
  const signature = Buffer.concat([keyId(origin, signer.publicKey), signer.sign(Buffer.from(text))]);
  return `${text}\n— ${origin} ${signature.toString('base64')}\n`;
}

/** The checkpoint in a note whose signature by `publicKey` holds; undefined for anything else. */
export function verifyNote(note: string, publicKey: string): Checkpoint | undefined {
  const checkpoint = parseNote(note);
  const key = importPublicKey(publicKey);
  if (checkpoint === undefined || key === undefined) return undefined;
  const blank = note.indexOf('\n\n');
  const signature = strictBase64(note.slice(note.lastIndexOf(' ') + 1, -1), KEY_ID_BYTES + SIGNATURE_BYTES);
  if (signature === undefined) return undefined;
  const origin = ORIGIN_PREFIX + checkpoint.chain;
  if (!signature.subarray(0, KEY_ID_BYTES).equals(keyId(origin, publicKey))) return undefined;
  const text = Buffer.from(note.slice(0, blank + 1));
  return verifyBytes(null, text, key, signature.subarray(KEY_ID_BYTES)) ? checkpoint : undefined;
}

/** Takes a note apart without looking at its signature; undefined when it is not of the form. */
export function parseNote(note: string): Checkpoint | undefined {
  const [, chain, seq, hash, signedBy] = NOTE.exec(note) ?? [];
  if (chain === undefined || hash === undefined || signedBy !== chain) return undefined;
  const bytes = strictBase64(hash, 32);
  return bytes && Number.isSafeInteger(Number(seq))
    ? { chain, seq: Number(seq), hash: bytes.toString('hex') }
    : undefined;
}

function keyId(origin: string, publicKey: string): Buffer {
  const bytes = Buffer.concat([
    Buffer.from(`${origin}\n`),
    Buffer.from([ED25519_BYTE]),
    Buffer.from(publicKey, 'base64'),
  ]);
  return Buffer.from(digest('sha256', bytes, 'hex').slice(0, KEY_ID_BYTES * 2), 'hex');
}

/** The key of a chain is the same for each of its checkpoints, and importing it costs a third of a verification. */
let imported: { readonly publicKey: string; readonly key: KeyObject | undefined } | undefined;

function importPublicKey(publicKey: string): KeyObject | undefined {
  if (imported?.publicKey !== publicKey) {
    const raw = strictBase64(publicKey, 32);
    const spki = raw && Buffer.concat([SPKI_ED25519_PREFIX, raw]);
    imported = { publicKey, key: spki && createPublicKey({ key: spki, format: 'der', type: 'spki' }) };
  }
  return imported.key;
}

/** Base64 of exactly that many bytes in its one canonical spelling: spare bits must be zero, or a changed byte goes unseen. */
function strictBase64(text: string, sizeBytes: number): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === sizeBytes && bytes.toString('base64') === text ? bytes : undefined;
}
