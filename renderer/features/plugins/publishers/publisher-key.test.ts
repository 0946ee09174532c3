import { expect, test } from 'vitest';
import { fingerprintOf, readPublisherKey } from './publisher-key.ts';

/** The example of RFC 8410, section 10.1. */
const KEY = 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=';

test('a public key is read from PEM, from Base64 and from what signing prints', () => {
  const wanted = { kind: 'key', publicKey: KEY };
  expect([
    readPublisherKey(`-----BEGIN PUBLIC KEY-----\n${KEY}\n-----END PUBLIC KEY-----\n`),
    readPublisherKey(` ${KEY}\n`),
    readPublisherKey(`To trust it: cavern plugin trust 'Acme tools' ${KEY}`),
  ]).toEqual([wanted, wanted, wanted]);
});

test('a private key, a key of another kind and any other text are told apart', () => {
  const secret = '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n';
  const other = KEY.replace('MCowBQYDK2VwAyEA', 'MCowBQYDK2VuAyEA');
  expect([secret, other, 'hello', ' '].map((text) => readPublisherKey(text).kind)).toEqual([
    'private',
    'other',
    'other',
    'empty',
  ]);
});

test('a fingerprint is the SHA-256 of the key in groups of four', async () => {
  const sha256 = 'a1e9156054e04fac899ae9f275132cdc07a5dbc4ea2c2ad3a1ffc6e0d253681f';
  expect((await fingerprintOf(KEY)).replaceAll(' ', '')).toBe(sha256);
});
