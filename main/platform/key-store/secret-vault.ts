import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { SecretInfo } from '../../../schema/contract/secret.ts';
import { Fault } from '../../../schema/fault.ts';
import { Secret } from '../../base/secret.ts';
import type { SecretVault } from '../../kernel/secrets/ports.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';
import type { KeyStore } from './key-store.ts';

const Sealed = Type.Object({ ...SecretInfo.properties, nonce: Type.String(), tag: Type.String(), text: Type.String() });
type Sealed = Static<typeof Sealed>;
const VaultFile = Type.Object({ version: Type.Literal(1), secrets: Type.Array(Sealed) });

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;

/**
 * The operator's secrets in one file of a home's keys, each sealed with AES-256-GCM by a key of the key store. A name is sealed with its
 * text, so that no secret can be given the name of another.
 */
export class FileSecretVault implements SecretVault {
  readonly #path: string;
  readonly #key: () => Secret<Uint8Array>;
  #sealed: readonly Sealed[];

  private constructor(path: string, key: () => Secret<Uint8Array>, sealed: readonly Sealed[]) {
    this.#path = path;
    this.#key = key;
    this.#sealed = sealed;
  }

  /** Throws `keystore_unavailable` where the file is there and is none. */
  static open(folder: string, keys: Pick<KeyStore, 'key'>): FileSecretVault {
    const path = join(folder, 'secrets.json');
    return new FileSecretVault(path, () => keys.key('secrets'), existsSync(path) ? readVault(path) : []);
  }

  list(): readonly SecretInfo[] {
    return this.#sealed.map(({ name, addedAt }) => ({ name, addedAt }));
  }

  put({ name, addedAt }: SecretInfo, value: Secret): void {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key().reveal(), nonce).setAAD(Buffer.from(name));
    const text = Buffer.concat([cipher.update(value.reveal(), 'utf8'), cipher.final()]);
    const [inText, tag] = [text.toString('base64'), cipher.getAuthTag().toString('base64')];
    const sealed = { name, addedAt, nonce: nonce.toString('base64'), tag, text: inText };
    this.#write([...this.#sealed.filter((each) => each.name !== name), sealed]);
  }

  delete(name: string): void {
    if (this.#sealed.some((each) => each.name === name)) this.#write(this.#sealed.filter((each) => each.name !== name));
  }

  reveal(name: string): Secret | undefined {
    const sealed = this.#sealed.find((each) => each.name === name);
    if (sealed === undefined) return undefined;
    try {
      const decipher = createDecipheriv(CIPHER, this.#key().reveal(), Buffer.from(sealed.nonce, 'base64'))
        .setAAD(Buffer.from(name))
        .setAuthTag(Buffer.from(sealed.tag, 'base64'));
      const text = Buffer.concat([decipher.update(Buffer.from(sealed.text, 'base64')), decipher.final()]);
      return new Secret(text.toString('utf8'));
    } catch (cause) {
      throw new Fault('keystore_unavailable', `Cannot read the secret "${name}": it is damaged`, {
        cause,
        fix: 'Add it again: cavern secret add --replace NAME',
      });
    }
  }

  #write(sealed: readonly Sealed[]): void {
    const ordered = sealed.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    writeFileAtomically(this.#path, `${JSON.stringify({ version: 1, secrets: ordered }, null, 2)}\n`);
    this.#sealed = ordered;
  }
}

function readVault(path: string): readonly Sealed[] {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (Check(VaultFile, value)) return value.secrets;
  } catch (cause) {
    throw damaged(path, cause);
  }
  throw damaged(path, undefined);
}

function damaged(path: string, cause: unknown): Fault {
  return new Fault('keystore_unavailable', 'Cannot open the secrets: their file is damaged', {
    cause,
    fix: `Restore ${path} from a backup, or remove it: the secrets in it have to be added again then.`,
  });
}
