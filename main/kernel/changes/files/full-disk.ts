import { Fault } from '../../../../schema/fault.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** True where a disk, or the operator's share of it, is full: the workspace's, or the one that old contents are kept on. */
export function isFull(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (FULL.has(code)) return true;
  const reason: unknown = thrown instanceof Fault && code === 'storage_failed' ? thrown.data : undefined;
  return typeof reason === 'object' && reason !== null && 'code' in reason && FULL.has(String(reason.code));
}
