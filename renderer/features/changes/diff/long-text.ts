import type { DiffSide } from '../../../../schema/contract/changes.ts';
import type { Change, SessionId } from '../../../../schema/entities.ts';
import type { KernelClient } from '../../../app/kernel-client.ts';
import type { Diff } from '../changes-store.ts';

/** Texts beyond this are not read whole: what an editor needs for them is more than a window should take. */
export const WHOLE_LIMIT_BYTES = 32 * 1024 * 1024;
/** Longer texts do not come with the diff. */
const WITH_DIFF_BYTES = 8 * 1024 * 1024;
/** What is read of longer ones. */
export const HEAD_BYTES = 1024 * 1024;

export interface ReadOptions {
  readonly client: Pick<KernelClient, 'changes'>;
  readonly session: SessionId;
  readonly signal: AbortSignal;
}

type Sides = Pick<Diff, 'before' | 'after' | 'current'>;
type EarlyTexts = Partial<Record<keyof Sides, Promise<string>>>;

/** Begins to read both sides of what is most likely a long text, before the kernel has said so: the answers come sooner. */
export function readEarly(change: Change | undefined, options: ReadOptions): EarlyTexts {
  if (change?.kind !== 'modified' || change.sizeBytes <= WITH_DIFF_BYTES || isVeryLong(change)) return {};
  const early = (side: 'before' | 'after'): Promise<string> => {
    const text = readText({ ...options, path: change.path, side });
    // Where nobody needs it in the end, nobody hears of its failure either.
    text.catch(() => undefined);
    return text;
  };
  return { before: early('before'), after: early('after') };
}

/** A diff with its long texts read, both sides at once; of very long ones the head. */
export async function readDiff(diff: Diff, options: ReadOptions, early: EarlyTexts = {}): Promise<Diff> {
  const isTooLong = [diff.before, diff.after].some((side) => side.kind === 'long-text' && isVeryLong(side));
  if (isTooLong) return diff;
  const read = async (name: keyof Sides): Promise<DiffSide | undefined> => {
    const side = diff[name];
    if (side?.kind !== 'long-text') return side;
    const { mode, sizeBytes } = side;
    const text = await (early[name] ?? readText({ ...options, path: diff.change.path, side: name }));
    return { kind: 'text', text, mode, sizeBytes };
  };
  const [before, after, current] = await Promise.all([read('before'), read('after'), read('current')]);
  return { ...diff, ...(before && { before }), ...(after && { after }), ...(current && { current }) };
}

export function isVeryLong({ sizeBytes }: { readonly sizeBytes: number }): boolean {
  return sizeBytes > WHOLE_LIMIT_BYTES;
}

export interface ReadTextOptions extends ReadOptions {
  readonly path: string;
  readonly side: 'before' | 'after' | 'current';
  readonly limitBytes?: number;
}

/** One side of a text, whole or until it is longer than the limit. */
export async function readText(options: ReadTextOptions): Promise<string> {
  const { client, session, path, side, signal, limitBytes } = options;
  const parts: string[] = [];
  let length = 0;
  for await (const event of client.changes.read({ session, path, side }, { signal })) {
    if (event.type === 'head' && event.encoding === 'binary') break;
    if (event.type !== 'text') continue;
    parts.push(event.text);
    length += event.text.length;
    if (limitBytes !== undefined && length > limitBytes) break;
  }
  return parts.join('');
}
