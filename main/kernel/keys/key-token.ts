import { hash, randomInt } from 'node:crypto';
import type { KeyId } from '../../../schema/contract/key.ts';
import { Secret } from '../../base/secret.ts';

const ID_ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';
const SECRET_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const ID_LENGTH = 8;
/** 285 bits. */
const SECRET_LENGTH = 48;
const TOKEN = /^cav_[a-z0-9]{8}_[A-Za-z0-9]{48}$/;
const ID_AT = 4;

export interface NewToken {
  readonly id: KeyId;
  /** `cav_<id>_<secret>`; nothing but its holder ever has it again. */
  readonly token: Secret;
  /** What is kept. */
  readonly digest: Buffer;
}

export interface ShownKey {
  readonly id: string;
  /** Good until the next token is read. */
  readonly digest: Buffer;
}

/** Random, under an id that is not taken. */
export function newToken(isTaken: (id: KeyId) => boolean): NewToken {
  let id = newKeyId();
  while (isTaken(id)) id = newKeyId();
  const secret = randomText(SECRET_ALPHABET, SECRET_LENGTH);
  return { id, token: new Secret(`${prefixOf(id)}_${secret}`), digest: hash('sha256', secret, 'buffer') };
}

/** What a bearer's token says; undefined for a text that is none. */
export function readToken(text: string): ShownKey | undefined {
  if (!TOKEN.test(text)) return undefined;
  shownDigest.write(hash('sha256', text.slice(-SECRET_LENGTH)), 'hex');
  return { id: text.slice(ID_AT, ID_AT + ID_LENGTH), digest: shownDigest };
}

/** Each request has one: to make a buffer for it would take longer than the digest itself. */
const shownDigest = Buffer.alloc(32);

/** How a key's token begins: what may be logged and shown. */
export function prefixOf(id: string): string {
  return `cav_${id}`;
}

function newKeyId(): KeyId {
  const text = randomText(ID_ALPHABET, ID_LENGTH);
  // This is where the brand is made.
  return text as KeyId;
}

function randomText(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
