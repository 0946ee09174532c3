import type { Change, ChangeKind } from '../../../../schema/entities.ts';
import { type BytePath, isText, toBytes, toText } from '../files/byte-path.ts';
import { type FileState, SETID_BITS, type SpecialKind, digestOf, gitMode, sizeOf } from '../files/file-state.ts';
import type { Observed } from './observer.ts';

/** One change of a session, with all that deciding about it takes. */
export interface ChangeItem {
  readonly path: BytePath;
  readonly kind: ChangeKind;
  /** Set when `kind` is `renamed`. */
  readonly from?: BytePath;
  /** What the session started from, at `from` for a rename; undefined when the operator's old bytes are gone. */
  readonly base: FileState | undefined;
  readonly after: FileState;
  /** What the operator has there now. */
  readonly current: Observed;
  /** What the operator has at `from` now. */
  readonly currentFrom?: Observed;
  readonly ignored: boolean;
  readonly secret: boolean;
  /** The sandbox did not see the operator's file. */
  readonly hidden: boolean;
  readonly conflict: boolean;
}

export interface ChangeSet {
  /** In byte order of their paths. */
  readonly items: readonly ChangeItem[];
  /** Folders of the workspace that the session removed, the deepest first. */
  readonly removedFolders: readonly BytePath[];
}

export function toChange(item: ChangeItem): Change {
  const { path, kind, after } = item;
  const change: Change = { path: toText(path), kind, sizeBytes: sizeOf(after), sha256: digestOf(after) };
  const mode = gitMode(after);
  if (mode !== undefined) change.mode = mode;
  if (!isText(path)) change.pathBytes = toBytes(path).toString('base64');
  if (item.from !== undefined) change.from = toText(item.from);
  if (item.ignored) change.ignored = true;
  if (item.secret) change.secret = true;
  if (item.conflict) change.conflict = true;
  return change;
}

const SPECIAL_NAME: Record<SpecialKind, string> = {
  'named pipe': 'a named pipe',
  socket: 'a socket',
  'block device': 'a block device',
  'character device': 'a character device',
  'unreadable file': 'a file that cannot be read',
};

/** Why a change can never be merged, whatever anybody answers; undefined when it can. */
export function refusalOf(item: ChangeItem): string | undefined {
  if (item.hidden) return 'the file was hidden from the session; it is never deleted, replaced or moved';
  for (const state of [item.after, item.current.state, item.currentFrom?.state]) {
    if (state?.type === 'special') return `${SPECIAL_NAME[state.what]} is not merged`;
    if (state?.type === 'file' && (state.mode & SETID_BITS) !== 0) {
      return 'the file runs as another user (set-user-id or set-group-id bit)';
    }
  }
  return undefined;
}
