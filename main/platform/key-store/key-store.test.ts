import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileSealer, KeyStore, type Sealer } from './key-store.ts';

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'cavern-keys-')), 'keys');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

/** Stands for a desktop's key store. */
const osSealer: Sealer = {
  kind: 'os',
  seal: (bytes) => Buffer.concat([Buffer.from('v10'), bytes.map((byte) => byte ^ 0x5a)]),
  open: (sealed) => Uint8Array.from(sealed.subarray(3), (byte) => byte ^ 0x5a),
};

test('a key is made once, is the same after a restart, and only its owner may read it', () => {
  const key = KeyStore.open(folder, [fileSealer]).key('audit-signing').reveal();
  expect(key.length).toBe(32);
  const path = join(folder, 'audit-signing.key');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  chmodSync(path, 0o644);
  expect(KeyStore.open(folder, [fileSealer]).key('audit-signing').reveal()).toEqual(key);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder).sort()).toEqual(['audit-signing.key', 'keystore']);
});

test('with a system key store the key is not on disk as it is', () => {
  const key = KeyStore.open(folder, [osSealer, fileSealer]).key('home').reveal();
  expect(readFileSync(join(folder, 'home.key')).includes(Buffer.from(key))).toBe(false);
  expect(KeyStore.open(folder, [osSealer, fileSealer]).key('home').reveal()).toEqual(Uint8Array.from(key));
});

test('a home is never moved to another key store silently', () => {
  KeyStore.open(folder, [osSealer, fileSealer]).key('home');
  expect(() => KeyStore.open(folder, [fileSealer])).toThrow(
    'Cannot open the keys: they were made with the key store "os"',
  );
  const other = KeyStore.open(join(folder, 'other'), [fileSealer]);
  expect(other.kind).toBe('file');
  expect(KeyStore.open(join(folder, 'other'), [osSealer, fileSealer]).kind).toBe('file');
});

test('the kind of a home is known before its keys are asked for', () => {
  expect(KeyStore.kindOf(folder)).toBeUndefined();
  KeyStore.open(folder, [osSealer, fileSealer]);
  expect(KeyStore.kindOf(folder)).toBe('os');
});

test('a key file that is cut short is refused, not replaced', () => {
  KeyStore.open(folder, [fileSealer]).key('home');
  writeFileSync(join(folder, 'home.key'), 'short');
  expect(() => KeyStore.open(folder, [fileSealer]).key('home')).toThrow(
    'Cannot open the key "home": its file is damaged',
  );
});
