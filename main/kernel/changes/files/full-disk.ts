import { Fault } from '../../../../schema/fault.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL']);

/** True where a disk, or the operator's share of it, is full: the workspace's, or the one that old contents are kept on. */
export function isFull(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (FULL.has(code)) return true;
  const reason: unknown = thrown instanceof Fault && code === 'storage_failed' ? thrown.data : undefined;
  return typeof reason === 'object' && reason !== null && 'code' in reason && FULL.has(String(reason.code));
}

export interface NoRoom {
  /** `Cannot merge`: that the disk is full comes behind it. */
  readonly action: string;
  readonly why: string;
  readonly fix: string;
}

/** Does what writes to a disk. Throws `disk_full` where there is no room for it. */
export async function needingRoom<T>({ action, why, fix }: NoRoom, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isFull(cause)) throw cause;
    throw new Fault('disk_full', `${action}: the disk is full`, { cause, why, fix });
  }
}
