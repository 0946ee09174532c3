import { randomBytes } from 'node:crypto';

const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';

/** A new id of ten random characters (50 bits) that a person can read aloud: no 0, 1, l or o. */
export function newId<T extends string = string>(): T {
  const text = Array.from(randomBytes(10), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
  // Ids are branded strings; this is where they are made.
  return text as T;
}
