import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { run } from './command.mjs';
import { checkout } from './folders.mjs';
import { freeBytesOf } from './image-failure.mjs';
import { rootCommand } from './root-command.mjs';
import { SetupError } from './setup-error.mjs';
import { ensurePackages } from './system-packages.mjs';

/** Below this a disk is as good as full. */
const tooLittleBytes = 30_000_000;

/**
 * @typedef {object} RootfsOptions
 * @property {string} folder absent; made, and removed at the end
 * @property {string} context the image's context, see layImageContext
 * @property {(text: string) => void} progress
 */

/**
 * Makes a Debian root file system by rootfs.sh and hands it to `take` as a tar archive.
 * @template T
 * @param {RootfsOptions} options
 * @param {(archive: import('node:stream').Readable) => Promise<T>} take
 * @returns {Promise<T>}
 * @throws {SetupError} without the rights of root, with the command that helps
 */
export async function makeRootfs({ folder, context, progress }, take) {
  const asRoot = rootCommand();
  if (asRoot === undefined) throw needsRoot();
  await ensurePackages(['debootstrap', 'debian-archive-keyring'], progress);
  try {
    progress("Debian's packages, by debootstrap");
    await run(...asRoot('sh', [join(context, 'rootfs.sh'), folder, join(context, 'local')]));
    const [program, args] = asRoot('tar', ['-c', '--numeric-owner', '-C', folder, '.']);
    const tar = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    return await take(tar.stdout);
  } catch (error) {
    // Not every program on the way says why it could not write.
    if (freeBytesOf(context) > tooLittleBytes) throw error;
    throw new Error(`no space left in ${folder}`, { cause: error });
  } finally {
    await run(...asRoot('rm', ['-rf', '--one-file-system', folder]));
  }
}

function needsRoot() {
  return new SetupError({
    what: 'Cannot make the sandbox image: the base image cannot be pulled, and making it from packages needs root',
    why: 'no image registry answers, and this user is not root and sudo asks for a password',
    remedy: `Run once:  sudo --preserve-env=DOCKER_HOST ${process.execPath} ${join(checkout, 'scripts', 'setup.mjs')} --only "sandbox image"`,
  });
}
