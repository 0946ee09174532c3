import { type BytePath, isText, toText } from '../files/byte-path.ts';
import type { ChangeItem } from '../listing/change-item.ts';
import { type Content, wholeContent } from '../files/content.ts';
import { ABSENT, type FileState } from '../files/file-state.ts';
import { reading } from '../files/read-trouble.ts';
import { Pace } from '../pace.ts';
import type { PatchSide } from './patch.ts';
import type { TextWork } from '../diff/text-operations.ts';

export interface PatchContents {
  before(item: ChangeItem): Promise<Content>;
  after(item: ChangeItem): Promise<Content>;
  readonly texts: TextWork;
}

export interface ExportedPatch {
  readonly patch: string;
  /** What a patch of text cannot hold: binary files, empty folders, special files, names that are not UTF-8. */
  readonly left: readonly BytePath[];
}

const FILE_LIMIT_BYTES = 8 * 1024 * 1024;

async function side(state: FileState, content: () => Promise<Content>): Promise<PatchSide | undefined> {
  if (state.type === 'symlink') return { mode: '120000', bytes: Buffer.from(state.target, 'latin1') };
  if (state.type !== 'file' || state.sizeBytes > FILE_LIMIT_BYTES) return undefined;
  const bytes = await wholeContent(await content(), FILE_LIMIT_BYTES);
  return bytes && { mode: (state.mode & 0o100) === 0 ? '100644' : '100755', bytes };
}

function isPlain(state: FileState): boolean {
  return state.type === 'file' || state.type === 'symlink' || state.type === 'absent';
}

async function patchOf(item: ChangeItem, contents: PatchContents): Promise<string | undefined> {
  const state = item.base ?? item.current.state;
  const old: FileState = state.type === 'folder' ? { type: 'absent' } : state;
  // Git keeps no folders: where an empty one took a file's place, the file is gone.
  const fresh: FileState = item.after.type === 'folder' && old.type !== 'absent' ? ABSENT : item.after;
  if (item.hidden || !isPlain(old) || !isPlain(fresh)) return undefined;
  if (!isText(item.path) || (item.from !== undefined && !isText(item.from))) return undefined;
  const before = await side(old, () => contents.before(item));
  const after = await side(fresh, () => contents.after(item));
  // Too large to be read, as opposed to not there.
  if ((old.type !== 'absent' && !before) || (fresh.type !== 'absent' && !after)) return undefined;
  return contents.texts.run('patch', { from: toText(item.from ?? item.path), path: toText(item.path), before, after });
}

/** A patch that `git apply` takes in the workspace as it was when the session began. Throws `not_found` where a file went meanwhile. */
export async function exportPatch(
  items: readonly ChangeItem[],
  contents: PatchContents,
  signal: AbortSignal,
): Promise<ExportedPatch> {
  const parts: string[] = [];
  const left: BytePath[] = [];
  const pace = new Pace(signal);
  for (const item of items) {
    if (pace.due) await pace.breathe();
    const part = await reading(toText(item.path), () => patchOf(item, contents));
    if (part !== undefined) parts.push(part);
    if (part === undefined || item.after.type === 'folder') left.push(item.path);
  }
  return { patch: parts.join(''), left };
}
