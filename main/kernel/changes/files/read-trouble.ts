import { Fault } from '../../../../schema/fault.ts';

/**
 * Why something that was there a moment ago cannot be read: `gone` – removed, or something else now; `closed` – its owner
 * may not read it; `lost` – the store does not hold its old bytes, or no longer whole.
 */
export type ReadTrouble = 'gone' | 'closed' | 'lost';

const TROUBLES: Readonly<Record<string, ReadTrouble>> = {
  ENOENT: 'gone',
  ENOTDIR: 'gone',
  ELOOP: 'gone',
  EISDIR: 'gone',
  // No link any more, a socket, a device that is none, a file that another machine removed.
  EINVAL: 'gone',
  ENXIO: 'gone',
  ENODEV: 'gone',
  ESTALE: 'gone',
  EACCES: 'closed',
  EPERM: 'closed',
};

/** The old bytes of a file are not kept, or no longer whole. */
export class ContentLost extends Error {}

/** Undefined for what is no matter of the one file: a full disk, a broken one, a mistake of ours. */
export function readTroubleOf(thrown: unknown): ReadTrouble | undefined {
  if (thrown instanceof ContentLost || (thrown instanceof Fault && thrown.code === 'blob_damaged')) return 'lost';
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  return TROUBLES[code];
}

const WHY: Readonly<Record<ReadTrouble, string>> = {
  gone: 'it is no longer what it was when it was listed',
  closed: 'it may not be read any more',
  lost: 'what it was before is not kept any more',
};

/** Does what reads a changed file. Throws `not_found` where the session, or the operator, took it away meanwhile. */
export async function reading<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw readFault(path, thrown);
  }
}

/** The same for what was thrown on the way; anything else stays what it is. */
export function readFault(path: string, thrown: unknown): unknown {
  const trouble = readTroubleOf(thrown);
  if (trouble === undefined || thrown instanceof Fault) return thrown;
  return new Fault('not_found', `Cannot read "${path}": ${WHY[trouble]}`, {
    cause: thrown,
    fix: 'Read the list of changes again.',
    retryable: trouble === 'gone',
  });
}
