import type { SessionLayer } from '../../../kernel/sandboxes/session-layer.ts';
import { type BytePath, ROOT, join } from '../../../kernel/changes/files/byte-path.ts';
import type { FolderEntry } from '../../../kernel/changes/files/file-tree.ts';
import type { LayerMark } from '../../../kernel/changes/listing/layer-reader.ts';
import { Pace } from '../../../kernel/changes/pace.ts';
import { errorCode } from '../folders/anchored-folders.ts';
import { LayerTree } from './layer-tree.ts';
import { maskedPaths } from './masked-paths.ts';

/** Reads the upper folder of an overlay: everything in it is something the session wrote, or the way to it. */
export async function overlayMarks(layer: SessionLayer, signal: AbortSignal): Promise<readonly LayerMark[]> {
  using tree = new LayerTree(layer.upper);
  const marks: LayerMark[] = [];
  const isMasked = maskedPaths(layer);
  const pace = new Pace(signal);
  const waiting: BytePath[] = [ROOT];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries = await entriesOf(tree, folder);
    if (entries === undefined) {
      marks.push({ mark: 'file', path: folder });
      continue;
    }
    if (folder !== ROOT || tree.opaque(ROOT)) {
      marks.push({ mark: 'folder', path: folder, opaque: tree.opaque(folder), empty: entries.length === 0 });
    }
    const folders: BytePath[] = [];
    for (const { name, type } of entries) {
      const path = join(folder, name);
      if (pace.due) await pace.breathe();
      if (type !== 'other') {
        if (type === 'folder') folders.push(path);
        else marks.push({ mark: 'file', path });
        continue;
      }
      const stat = await tree.stat(path);
      // Gone since the folder was listed: the session is at work.
      if (stat === undefined) continue;
      if (stat.type === 'folder') folders.push(path);
      else if (!stat.whiteout) marks.push({ mark: 'file', path, stat });
      // A secret that came while the sandbox ran was hidden here.
      else if (!isMasked(path)) marks.push({ mark: 'whiteout', path });
    }
    waiting.push(...folders.reverse());
  }
  return marks;
}

/** Undefined for a folder that its owner closed to itself; what is in it cannot be known. */
async function entriesOf(tree: LayerTree, folder: BytePath): Promise<readonly FolderEntry[] | undefined> {
  try {
    return await tree.entries(folder);
  } catch (error) {
    if (errorCode(error) === 'EACCES' && folder !== ROOT) return undefined;
    throw error;
  }
}
