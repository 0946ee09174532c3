import { hash, randomInt } from 'node:crypto';
import type { KeyId } from '../../../schema/contract/key.ts';
import { Secret } from '../../base/secret.ts';

const ID_ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';
const SECRET_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const ID_LENGTH = 8;
/** 285 bits. */
const SECRET_LENGTH = 48;
const TOKEN = /^cav_([a-z0-9]{8})_([A-Za-z0-9]{48})$/;

export interface NewToken {
  readonly id: KeyId;
  /** `cav_<id>_<secret>`; nothing but its holder ever has it again. */
  readonly token: Secret;
  /** What is kept. */
  readonly digest: Buffer;
}

export interface ShownKey {
  readonly id: string;
  readonly digest: Buffer;
}

/** Random, under an id that is not taken. */
export function newToken(isTaken: (id: KeyId) => boolean): NewToken {
  let id = newKeyId();
  while (isTaken(id)) id = newKeyId();
  const secret = randomText(SECRET_ALPHABET, SECRET_LENGTH);
  return { id, token: new Secret(`${prefixOf(id)}_${secret}`), digest: digestOf(secret) };
}

/** What a bearer's token says; undefined for a text that is none. */
export function readToken(text: string): ShownKey | undefined {
  const [, id, secret] = TOKEN.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, digest: digestOf(secret) };
}

/** How a key's token begins: what may be logged and shown. */
export function prefixOf(id: string): string {
  return `cav_${id}`;
}

function digestOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

function newKeyId(): KeyId {
  const text = randomText(ID_ALPHABET, ID_LENGTH);
  // This is where the brand is made.
  return text as KeyId;
}

function randomText(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
