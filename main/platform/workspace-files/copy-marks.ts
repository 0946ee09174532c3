import type { SessionLayer } from '../../kernel/sandboxes/session-layer.ts';
import { type BytePath, ROOT, join } from '../../kernel/changes/files/byte-path.ts';
import type { LayerMark } from '../../kernel/changes/listing/layer-reader.ts';
import { Pace } from '../../kernel/changes/pace.ts';
import { DiskTree } from './disk-tree.ts';
import { maskedPaths } from './masked-paths.ts';

/**
 * Compares a session's copy with the workspace and says what an overlay would have said. What was copied has a ctime up
 * to the layer's start, so whatever is younger was written by the session; a workspace file that is younger than the
 * start and not in the copy was never in it.
 */
export async function copyMarks(layer: SessionLayer, signal: AbortSignal): Promise<readonly LayerMark[]> {
  using copy = new DiskTree(layer.upper);
  using workspace = new DiskTree(layer.workspace);
  const marks: LayerMark[] = [];
  const isMasked = maskedPaths(layer);
  const pace = new Pace(signal);
  const waiting: BytePath[] = [ROOT];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const names = await copy.names(folder);
    if (folder !== ROOT) marks.push({ mark: 'folder', path: folder, opaque: false, empty: names.length === 0 });
    const folders: BytePath[] = [];
    for (const name of names) {
      const path = join(folder, name);
      const stat = await copy.stat(path);
      if (stat?.type === 'folder') folders.push(path);
      else if (stat && Math.floor(stat.ctimeMs) > layer.startedAtMs) marks.push({ mark: 'file', path, stat });
      if (pace.due) await pace.breathe();
    }
    const here = new Set(names);
    for (const name of await workspace.names(folder)) {
      if (here.has(name)) continue;
      const path = join(folder, name);
      const stat = await workspace.stat(path);
      const known = stat && (stat.type === 'folder' || Math.floor(stat.ctimeMs) <= layer.startedAtMs);
      if (known && !isMasked(path)) marks.push({ mark: 'whiteout', path });
      if (pace.due) await pace.breathe();
    }
    waiting.push(...folders.reverse());
  }
  return marks;
}
