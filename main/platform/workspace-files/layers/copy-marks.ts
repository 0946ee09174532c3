import { lstatSync } from 'node:fs';
import type { SessionLayer } from '../../../kernel/sandboxes/session-layer.ts';
import { type BytePath, ROOT, join } from '../../../kernel/changes/files/byte-path.ts';
import { namesIn } from '../../../kernel/changes/files/names-in.ts';
import type { LayerMark } from '../../../kernel/changes/listing/layer-reader.ts';
import { Pace } from '../../../kernel/changes/pace.ts';
import { readCopyRecord } from '../../workspace-layer/copy-record.ts';
import { DiskTree } from '../folders/disk-tree.ts';
import { maskedPaths } from './masked-paths.ts';

/**
 * Compares a session's copy with the workspace and says what an overlay would have said. What was copied has a ctime up to when the copy
 * was made, so whatever is younger was written by the session, and so is all that is in a folder that came to its place later: moving one
 * changes nothing of what is in it. A workspace file that is younger than the start and not in the copy was never in it.
 */
export async function copyMarks(layer: SessionLayer, signal: AbortSignal): Promise<readonly LayerMark[]> {
  using copy = new DiskTree(layer.upper);
  using workspace = new DiskTree(layer.workspace);
  const record = await readCopyRecord(layer.upper);
  const marks: LayerMark[] = [];
  const isMasked = maskedPaths(layer);
  const pace = new Pace(signal);
  const waiting: Waiting[] = [{ folder: ROOT, isNew: record === undefined }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { folder } = next;
    const isNew = next.isNew || record?.folders[folder] !== inodeOf(layer.upper, folder);
    const names = folder === ROOT ? await copy.names(ROOT) : await namesIn(copy, folder);
    // Its owner closed it to itself; what is in it cannot be known.
    if (names === undefined) {
      marks.push({ mark: 'file', path: folder });
      continue;
    }
    if (folder !== ROOT) marks.push({ mark: 'folder', path: folder, opaque: false, empty: names.length === 0 });
    const folders: Waiting[] = [];
    for (const name of names) {
      const path = join(folder, name);
      const stat = await copy.stat(path);
      if (stat?.type === 'folder') folders.push({ folder: path, isNew });
      else if (stat && (isNew || stat.ctimeMs > (record?.madeAtMs ?? 0))) marks.push({ mark: 'file', path, stat });
      if (pace.due) await pace.breathe();
    }
    const here = new Set(names);
    for (const name of (await namesIn(workspace, folder)) ?? []) {
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

interface Waiting {
  readonly folder: BytePath;
  /** It came to this place after the copy was made, or that cannot be told: all that is in it counts as written. */
  readonly isNew: boolean;
}

function inodeOf(copy: string, folder: BytePath): number | undefined {
  const path = Buffer.concat([Buffer.from(`${copy}/`), Buffer.from(folder, 'latin1')]);
  return lstatSync(path, { throwIfNoEntry: false })?.ino;
}
