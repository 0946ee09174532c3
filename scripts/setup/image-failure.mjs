import { statfsSync } from 'node:fs';
import { SetupError } from './setup-error.mjs';

/** What the context, the root file system and the archive take while the image is made. */
const neededBytes = 1_500_000_000;

/**
 * How many bytes this user may still write in the file system of a folder.
 * @param {string} folder
 */
export function freeBytesOf(folder) {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/**
 * Refuses to begin what could not be ended.
 * @param {string} folder
 * @param {number} freeBytes
 * @throws {SetupError}
 */
export function requireFreeSpace(folder, freeBytes) {
  if (freeBytes >= neededBytes) return;
  const freeMegabytes = Math.round(freeBytes / 1e6);
  throw diskFull(`${freeMegabytes} MB are free for ${folder}, it takes ${neededBytes / 1e6} MB while it is made`);
}

/** @param {unknown} error */
export function isDiskFull(error) {
  return /no space left|ENOSPC|disk quota/i.test(error instanceof Error ? error.message : String(error));
}

/**
 * What stopped the making of the image, with what to do about it.
 * @param {unknown} error
 * @returns {SetupError}
 */
export function explainImageFailure(error) {
  if (error instanceof SetupError) return error;
  const why = error instanceof Error ? error.message : String(error);
  if (isDiskFull(error)) return diskFull(why);
  return new SetupError({
    what: 'Cannot make the sandbox image: a step of it failed',
    why,
    remedy: 'Nothing half-built was kept; run the same command again when the cause is gone.',
  });
}

/** @param {string} why */
function diskFull(why) {
  return new SetupError({
    what: 'Cannot make the sandbox image: the disk is full',
    why,
    remedy: 'Free some space (or set CAVERN_CACHE to a folder on a larger disk) and run the same command again.',
  });
}
