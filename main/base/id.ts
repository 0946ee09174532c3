import { randomFillSync } from 'node:crypto';

/** Of 32 characters: each byte gives one, and each as often as any other. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';
const LENGTH = 10;

/** Asking the system for a few bytes costs as much as for thousands, and every call has an id. */
const pool = Buffer.alloc(LENGTH * 400);
let used = pool.length;

/** A new id of ten random characters (50 bits) that a person can read aloud: no 0, 1, l or o. */
export function newId<T extends string = string>(): T {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let text = '';
  for (const end = used + LENGTH; used < end; used += 1) text += ALPHABET.charAt((pool[used] ?? 0) % ALPHABET.length);
  // Ids are branded strings; this is where they are made.
  return text as T;
}
