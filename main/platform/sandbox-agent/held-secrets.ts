import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../../schema/fault.ts';
import type { Parameters } from './parameters.ts';

const FILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;

/** The secrets that the operator handed in: variables of what is run from now on, and files in memory. Plugins get none. */
export class HeldSecrets {
  readonly #folder: string;
  #env: Readonly<Record<string, string>> = {};

  constructor(folder: string) {
    this.#folder = folder;
  }

  get env(): Readonly<Record<string, string>> {
    return this.#env;
  }

  /** Takes the place of all that was held before. */
  async set(params: Parameters): Promise<void> {
    const files = Object.entries(params.optionalTexts('files'));
    this.#env = params.optionalTexts('env');
    const kept = new Set(files.map(([name]) => name));
    const former = await readdir(this.#folder).catch(() => []);
    for (const name of former) if (!kept.has(name)) await rm(join(this.#folder, name), { force: true });
    if (files.length > 0) await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    for (const [name, base64] of files) await this.#write(name, Buffer.from(base64, 'base64'));
  }

  /** Never half there for whoever reads it meanwhile. */
  async #write(name: string, bytes: Uint8Array): Promise<void> {
    if (!FILE_NAME.test(name)) throw new Fault('invalid_input', 'Cannot write a secret: its file has no name');
    const fresh = join(this.#folder, `.new-${name}`);
    await rm(fresh, { force: true });
    await writeFile(fresh, bytes, { mode: 0o400, flag: 'wx' });
    await rename(fresh, join(this.#folder, name));
  }
}
