import type { SessionLayer } from '../../kernel/sandboxes/session-layer.ts';
import { type BytePath, ROOT, join } from '../../kernel/changes/files/byte-path.ts';
import type { LayerMark } from '../../kernel/changes/listing/layer-reader.ts';
import { Pace } from '../../kernel/changes/pace.ts';
import { errorCode } from './anchored-folders.ts';
import { LayerTree } from './layer-tree.ts';

/** Reads the upper folder of an overlay: everything in it is something the session wrote, or the way to it. */
export async function overlayMarks(layer: SessionLayer, signal: AbortSignal): Promise<readonly LayerMark[]> {
  using tree = new LayerTree(layer.upper);
  const marks: LayerMark[] = [];
  const pace = new Pace(signal);
  const waiting: BytePath[] = [ROOT];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const names = await namesOf(tree, folder);
    if (names === undefined) {
      marks.push({ mark: 'file', path: folder });
      continue;
    }
    if (folder !== ROOT || tree.opaque(ROOT)) {
      marks.push({ mark: 'folder', path: folder, opaque: tree.opaque(folder), empty: names.length === 0 });
    }
    const folders: BytePath[] = [];
    for (const name of names) {
      const path = join(folder, name);
      const stat = await tree.stat(path);
      // Gone since the folder was listed: the session is at work.
      if (stat === undefined) continue;
      if (stat.type === 'folder') folders.push(path);
      else marks.push(stat.whiteout ? { mark: 'whiteout', path } : { mark: 'file', path, stat });
      if (pace.due) await pace.breathe();
    }
    waiting.push(...folders.reverse());
  }
  return marks;
}

/** Undefined for a folder that its owner closed to itself; what is in it cannot be known. */
async function namesOf(tree: LayerTree, folder: BytePath): Promise<readonly string[] | undefined> {
  try {
    return await tree.names(folder);
  } catch (error) {
    if (errorCode(error) === 'EACCES' && folder !== ROOT) return undefined;
    throw error;
  }
}
