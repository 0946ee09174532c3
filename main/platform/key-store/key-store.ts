import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Fault } from '../../../schema/fault.ts';
import { Secret } from '../../base/secret.ts';

/** Where a home's keys are protected: by the operating system's key store, or by nothing but the file's mode. */
export type KeyStoreKind = 'os' | 'file';

/** What a system's key store does for us: turns bytes into bytes that only this user of this machine can turn back. */
export interface Sealer {
  readonly kind: KeyStoreKind;
  seal(bytes: Uint8Array): Uint8Array;
  /** Throws when the bytes were sealed elsewhere. */
  open(sealed: Uint8Array): Uint8Array;
}

/** Keys as they are, in files of mode 0600: for `--home`, without a window, and where the system has no real key store. */
export const fileSealer: Sealer = { kind: 'file', seal: (bytes) => bytes, open: (sealed) => sealed };

const KIND_FILE = 'keystore';
const PRIVATE_MODE = 0o600;

/** The keys of one home, each a file in one folder. */
export class KeyStore {
  readonly #folder: string;
  readonly #sealer: Sealer;

  private constructor(folder: string, sealer: Sealer) {
    this.#folder = folder;
    this.#sealer = sealer;
  }

  /**
   * Opens the keys of a home with the sealer they were made with: `preferred` for a new home, afterwards always the same
   * kind. Throws `keystore_unavailable` when that kind is not among the offered ones; it is never switched silently.
   */
  static open(folder: string, offered: readonly [Sealer, ...Sealer[]]): KeyStore {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const marker = join(folder, KIND_FILE);
    if (!existsSync(marker)) writeOnce(marker, Buffer.from(`${offered[0].kind}\n`));
    const kind = readFileSync(marker, 'utf8').trim();
    const sealer = offered.find((candidate) => candidate.kind === kind);
    if (sealer) return new KeyStore(folder, sealer);
    throw new Fault('keystore_unavailable', `Cannot open the keys: they were made with the key store "${kind}"`, {
      why: 'That key store is not available in this session, and keys are never moved silently.',
      fix: 'Start Cavern in the desktop session that made this home, or use another home with --home.',
    });
  }

  /** How the keys in that folder are protected; undefined for a home that has none yet. */
  static kindOf(folder: string): string | undefined {
    const marker = join(folder, KIND_FILE);
    return existsSync(marker) ? readFileSync(marker, 'utf8').trim() : undefined;
  }

  get kind(): KeyStoreKind {
    return this.#sealer.kind;
  }

  /** The key of that name, made from random bytes when there is none. Throws `keystore_unavailable` when it cannot be read. */
  key(name: string, sizeBytes = 32): Secret<Uint8Array> {
    const path = join(this.#folder, `${name}.key`);
    if (!existsSync(path)) writeOnce(path, this.#sealer.seal(randomBytes(sizeBytes)));
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, PRIVATE_MODE);
    const bytes = this.#read(name, path);
    if (bytes.length === sizeBytes) return new Secret(bytes);
    throw new Fault('keystore_unavailable', `Cannot open the key "${name}": its file is damaged`, {
      fix: `Restore ${path} from a backup. Without it, remove the file: a new key begins a new audit chain.`,
    });
  }

  #read(name: string, path: string): Uint8Array {
    try {
      return this.#sealer.open(readFileSync(path));
    } catch (cause) {
      throw new Fault('keystore_unavailable', `Cannot open the key "${name}": it cannot be read`, {
        cause,
        why: cause instanceof Error ? cause.message : String(cause),
        fix: 'Unlock the key store of this desktop session and start again.',
      });
    }
  }
}

/** Writes a file that was not there, whole and synced; whoever was first wins. */
function writeOnce(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.tmp-${process.pid}`;
  const fd = openSync(temporary, 'w', PRIVATE_MODE);
  try {
    writeSync(fd, bytes);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  try {
    linkSync(temporary, path);
  } catch (cause) {
    if (!existsSync(path)) throw cause;
  } finally {
    rmSync(temporary);
  }
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
