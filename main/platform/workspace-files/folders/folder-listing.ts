import { type Dirent, opendirSync, readdirSync } from 'node:fs';
import { fromBytes } from '../../../kernel/changes/files/byte-path.ts';
import type { FolderEntry } from '../../../kernel/changes/files/file-tree.ts';
import { Pace } from '../../../kernel/changes/pace.ts';
import { errorCode } from './anchored-folders.ts';

const READ_AT_ONCE = 256;

function typeOf(entry: Dirent | Dirent<Buffer>): FolderEntry['type'] {
  if (entry.isFile()) return 'file';
  return entry.isDirectory() ? 'folder' : 'other';
}

/**
 * What is in a folder, however much, in no order; nothing where it was removed meanwhile. Gives way in between. Throws
 * EACCES where it may not be listed.
 */
export async function listFolder(place: string | Buffer): Promise<readonly FolderEntry[]> {
  try {
    return await listInPieces(place);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return listAtOnce(place);
  }
}

async function listInPieces(place: string | Buffer): Promise<readonly FolderEntry[]> {
  const pace = new Pace();
  const found: FolderEntry[] = [];
  // Each byte of a name is one character, as in a BytePath.
  const folder = opendirSync(place, { encoding: 'latin1', bufferSize: READ_AT_ONCE });
  try {
    for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
      if (pace.due) await pace.breathe();
      found.push({ name: entry.name, type: typeOf(entry) });
    }
    return found;
  } finally {
    folder.closeSync();
  }
}

/** On a file system that tells no types, Node looks at each name as text; this way names of any bytes are found. */
function listAtOnce(place: string | Buffer): readonly FolderEntry[] {
  try {
    return readdirSync(place, { encoding: 'buffer', withFileTypes: true }).map((entry) => ({
      name: fromBytes(entry.name),
      type: typeOf(entry),
    }));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
