import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folders that never decide whether a part is up to date: written by the build itself, or not ours. */
const skipped = new Set(['node_modules', 'out', 'dist', 'json']);

/**
 * Names the state of files and folders by the newest change in them and how many files there are, so that a deleted file counts too.
 * A path that does not exist is no file.
 * @param {readonly string[]} paths
 * @returns {string}
 */
export function stateOf(paths) {
  const seen = { files: 0, newestMs: 0 };
  for (const path of paths) visit(path, seen);
  return `${seen.files} files, newest ${seen.newestMs}`;
}

/**
 * @param {string} path
 * @param {{ files: number, newestMs: number }} seen
 */
function visit(path, seen) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isDirectory()) {
    seen.files += 1;
    seen.newestMs = Math.max(seen.newestMs, stat.mtimeMs);
    return;
  }
  for (const name of readdirSync(path)) {
    if (!skipped.has(name)) visit(join(path, name), seen);
  }
}

/**
 * What a stamp says, or undefined when there is none.
 * @param {string} file
 */
export function readStamp(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Writes a file so that a reader sees the old one or the new one, never half of it.
 * @param {string} file
 * @param {string | Uint8Array} content
 */
export function writeWhole(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, content);
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}
