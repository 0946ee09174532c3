import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { Fault } from '../../../../schema/fault.ts';

/** What a feed may take: it names a few files. */
export const FEED_LIMIT_CHARACTERS = 256 * 1024;
const SIGNATURE = /^[A-Za-z0-9+/]{86}==$/;
const SHA512 = /^[A-Za-z0-9+/]{86}==$/;

export interface FeedFile {
  readonly url: string;
  readonly sha512: string;
}

function refused(why: string, fix: string): Fault {
  return new Fault('update_refused', 'Cannot look for updates: the feed is refused', { why, fix });
}

/** The folder of a feed. @throws Fault for an address that others could answer for. */
export function feedAddress(address: string): URL {
  const fix = 'Give the https address of the folder that the feed lies in.';
  if (!URL.canParse(address)) throw refused('Its address is no address.', fix);
  const url = new URL(address.endsWith('/') ? address : `${address}/`);
  if (url.protocol !== 'https:') throw refused('Its address is not an https one.', fix);
  if (url.username !== '' || url.password !== '') throw refused('Its address holds a password.', fix);
  return url;
}

/** The publisher's key as the settings have it: Base64 of its SPKI form. @throws Fault */
export function publisherKey(text: string): KeyObject {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Said below: it is no key of any kind.
  }
  throw refused(
    'The publisher’s key in the settings is no Ed25519 public key.',
    'Give the key that the publisher names, Base64 of its SPKI form.',
  );
}

/**
 * Lets a feed through that the publisher signed: Ed25519 over its bytes, Base64 in a file of its own beside it.
 * electron-updater signs no feeds on Linux: without this whoever answers for the address would choose the program.
 * @throws Fault
 */
export function checkFeed(feed: string, signature: string, key: KeyObject): void {
  const fix = 'Ask the publisher, and do not install anything by hand meanwhile.';
  const text = signature.trim();
  if (!SIGNATURE.test(text)) throw refused('It has no signature.', fix);
  if (!verify(null, Buffer.from(feed, 'utf8'), key, Buffer.from(text, 'base64'))) {
    throw refused('Its signature is not the publisher’s.', fix);
  }
}

/** Each file lies beside the feed, and has a digest that its download is held against. @throws Fault */
export function checkFiles(files: readonly FeedFile[], feed: URL): void {
  const fix = 'Ask the publisher: the feed was signed, and is not as it should be.';
  if (files.length === 0) throw refused('It names no file.', fix);
  for (const { url, sha512 } of files) {
    if (
      typeof url !== 'string' ||
      new URL(url, feed).origin !== feed.origin ||
      new URL(url, feed).protocol !== 'https:'
    ) {
      throw refused('A file of it lies elsewhere.', fix);
    }
    if (typeof sha512 !== 'string' || !SHA512.test(sha512)) throw refused('A file of it has no SHA-512.', fix);
  }
}

/**
 * A feed is believed until the day that its publisher names in it: whoever hands out an old one, to withhold a version, is found out then.
 * @throws Fault
 */
export function checkValidity(validUntil: unknown, nowMs: number): void {
  // Without quotes it is a date in YAML, with them a text.
  const untilMs = validUntil instanceof Date || typeof validUntil === 'string' ? new Date(validUntil).getTime() : NaN;
  if (Number.isNaN(untilMs)) {
    const fix = 'Ask the publisher: `validUntil` has to be in the feed, and signed with it.';
    throw refused('It does not say until when it is valid.', fix);
  }
  if (nowMs <= untilMs) return;
  throw refused(
    `It was valid until ${new Date(untilMs).toISOString()}: a newer one may be withheld from you.`,
    'Compare the clock of this machine, try again from another network, and ask the publisher if that does not help.',
  );
}
