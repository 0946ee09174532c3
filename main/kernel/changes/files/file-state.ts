import { createHash } from 'node:crypto';

/** What is at a path. Modes are the twelve permission bits; a symlink's target is a byte string (see BytePath). */
export type FileState =
  | { readonly type: 'absent' }
  | { readonly type: 'file'; readonly mode: number; readonly sizeBytes: number; readonly sha256: string }
  | { readonly type: 'symlink'; readonly target: string; readonly sha256: string }
  | { readonly type: 'folder'; readonly mode: number }
  | { readonly type: 'special'; readonly mode: number; readonly what: SpecialKind };

/** `unreadable file`: of another user, or with its read bits off; what it holds is not known. */
export type SpecialKind = 'named pipe' | 'socket' | 'block device' | 'character device' | 'unreadable file';

export const ABSENT: FileState = { type: 'absent' };

/** Set-user-id and set-group-id: what makes a file run as somebody else. */
export const SETID_BITS = 0o6000;
export const PERMISSION_BITS = 0o777;

export function sha256Of(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function symlinkState(target: string): FileState {
  return { type: 'symlink', target, sha256: sha256Of(Buffer.from(target, 'latin1')) };
}

/** Same bytes, mode and type: no change, whatever the time stamps say. */
export function sameState(a: FileState, b: FileState): boolean {
  switch (a.type) {
    case 'absent':
      return b.type === 'absent';
    case 'file':
      return b.type === 'file' && a.sha256 === b.sha256 && a.mode === b.mode;
    case 'symlink':
      return b.type === 'symlink' && a.target === b.target;
    case 'folder':
      return b.type === 'folder';
    case 'special':
      return b.type === 'special' && a.what === b.what;
  }
}

export function digestOf(state: FileState): string | null {
  return state.type === 'file' || state.type === 'symlink' ? state.sha256 : null;
}

export function sizeOf(state: FileState): number {
  if (state.type === 'file') return state.sizeBytes;
  return state.type === 'symlink' ? state.target.length : 0;
}

const SPECIAL_PREFIX: Record<SpecialKind, string> = {
  'named pipe': '01',
  socket: '14',
  'block device': '06',
  'character device': '02',
  'unreadable file': '10',
};

/** Git's notation, with the permission bits as they are: `100644`, `100755`, `120000`, `040000`. */
export function gitMode(state: FileState): string | undefined {
  switch (state.type) {
    case 'absent':
      return undefined;
    case 'file':
      return `10${state.mode.toString(8).padStart(4, '0')}`;
    case 'symlink':
      return '120000';
    case 'folder':
      return '040000';
    case 'special':
      return `${SPECIAL_PREFIX[state.what]}${state.mode.toString(8).padStart(4, '0')}`;
  }
}
