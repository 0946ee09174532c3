import { posix } from 'node:path';
import { resolveInView } from '../../../plugins/sdk/src/view-path.ts';
import type { ViewEntry, WorkspaceView } from '../../../plugins/sdk/src/workspace-view.ts';
import { Fault } from '../../../schema/fault.ts';

/** What a copy of a folder is to hold; paths are relative to it. */
export type Planned =
  | { readonly type: 'folder' }
  | {
      readonly type: 'file';
      readonly sizeBytes: number;
      readonly modifiedAtMs: number;
      readonly mode: number;
      /** In the view. */
      readonly from: string;
    }
  | { readonly type: 'link'; readonly to: string };

export interface ViewPlan {
  /** A folder comes before what is in it. */
  readonly entries: ReadonlyMap<string, Planned>;
  readonly files: number;
  /** Files and links that are not copied. */
  readonly leftOut: number;
}

export interface PlanLimits {
  readonly files: number;
  readonly bytes: number;
  readonly fileBytes: number;
}

/** Come from elsewhere, or are git's own; they would be most of the copy. */
const SKIPPED = new Set(['node_modules', '.git']);

/** Says what of a folder of the view can be copied. Throws `too_large` where that is more than the limits, at once when it is known. */
export async function planView(
  view: WorkspaceView,
  from: string,
  { limits, signal }: { readonly limits: PlanLimits; readonly signal: AbortSignal },
): Promise<ViewPlan> {
  const entries = new Map<string, Planned>();
  const links: { readonly path: string; readonly entry: ViewEntry }[] = [];
  const count = { files: 0, bytes: 0, leftOut: 0 };
  const waiting = [''];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    signal.throwIfAborted();
    const listed = await view.list(joined(from, folder), limits.files).catch((thrown: unknown) => {
      if (folder === '') throw thrown;
    });
    // It went away, or what it is cannot be told from outside at this moment.
    if (listed === undefined) {
      count.leftOut += 1;
      continue;
    }
    const { entries: found, total } = listed;
    if (total > limits.files) throw tooLarge(from, limits);
    for (const entry of found) {
      const { name, node } = entry;
      if (node === undefined || SKIPPED.has(name)) continue;
      const path = joined(folder, name);
      if (entry.nameBase64 !== undefined || node.type === 'other') count.leftOut += 1;
      else if (node.type === 'directory') {
        entries.set(path, { type: 'folder' });
        waiting.push(path);
      } else if (node.type === 'symlink') links.push({ path, entry });
      else if (node.sizeBytes > limits.fileBytes) count.leftOut += 1;
      else {
        count.files += 1;
        count.bytes += node.sizeBytes;
        if (count.files > limits.files || count.bytes > limits.bytes) throw tooLarge(from, limits);
        const { sizeBytes, modifiedAtMs, mode } = node;
        entries.set(path, { type: 'file', sizeBytes, modifiedAtMs, mode, from: joined(from, path) });
      }
    }
  }
  for (const { path } of links) {
    const to = linkWithin(view, from, path);
    if (to === undefined || !entries.has(to)) count.leftOut += 1;
    else entries.set(path, { type: 'link', to: posix.relative(posix.dirname(path), to) });
  }
  return { entries, files: count.files, leftOut: count.leftOut };
}

/**
 * Where a link leads within the copy, past all links. One that leads out of it would lead the operator's editor to a file of the
 * operator's own: such a one is not copied.
 */
function linkWithin(view: WorkspaceView, from: string, path: string): string | undefined {
  try {
    const { path: found, node } = resolveInView(view, joined(from, path));
    if (node === undefined) return undefined;
    if (from === '') return found;
    return found.startsWith(`${from}/`) ? found.slice(from.length + 1) : undefined;
  } catch {
    return undefined;
  }
}

function joined(folder: string, name: string): string {
  if (folder === '') return name;
  return name === '' ? folder : `${folder}/${name}`;
}

function tooLarge(from: string, { files, bytes }: PlanLimits): Fault {
  const what = from === '' ? 'the workspace' : `"${from}"`;
  return new Fault('too_large', `Cannot open ${what}: there is too much in it to copy`, {
    why: `At most ${files.toLocaleString('en-GB')} files and ${Math.round(bytes / 1024 ** 2)} MiB are copied.`,
    fix: 'Open a folder further down, or a single file.',
  });
}
