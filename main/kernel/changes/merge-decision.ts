import type { BytePath } from './byte-path.ts';
import { type ChangeItem, refusalOf } from './change-item.ts';
import { type Content, wholeContent } from './content.ts';
import { type FileState, sameState, sha256Of } from './file-state.ts';
import { THREE_WAY_LIMIT_BYTES, mergeThreeWay } from './three-way.ts';

/** Where the new content of a path comes from: the layer, or bytes that only now came to be. */
export type MergeSource =
  | { readonly from: 'layer'; readonly path: BytePath }
  | { readonly from: 'bytes'; readonly bytes: Buffer };

export type MergeDecision =
  | { readonly verdict: 'take'; readonly after: FileState; readonly source: MergeSource }
  | { readonly verdict: 'conflict' }
  | { readonly verdict: 'refused'; readonly reason: string };

/** The contents that a three-way merge reads. */
export interface MergeContents {
  base(state: FileState): Promise<Content>;
  current(path: BytePath): Promise<Content>;
  after(path: BytePath): Promise<Content>;
}

const CONFLICT: MergeDecision = { verdict: 'conflict' };

/** Decides one change: taken as it is where the operator left the path alone, merged where both changed a text in different places. */
export async function decideChange(item: ChangeItem, contents: MergeContents): Promise<MergeDecision> {
  const reason = refusalOf(item);
  if (reason !== undefined) return { verdict: 'refused', reason };
  const { base, after } = item;
  if (base === undefined || item.conflict) return CONFLICT;
  const take: MergeDecision = { verdict: 'take', after, source: { from: 'layer', path: item.path } };
  const operators = item.currentFrom ?? item.current;
  if (item.kind === 'renamed' && item.current.state.type !== 'absent') return CONFLICT;
  if (sameState(operators.state, base)) return take;
  return mergeTexts(item, contents);
}

async function mergeTexts(item: ChangeItem, contents: MergeContents): Promise<MergeDecision> {
  const { base, after } = item;
  const current = (item.currentFrom ?? item.current).state;
  if (base?.type !== 'file' || after.type !== 'file' || current.type !== 'file') return CONFLICT;
  if (after.mode !== base.mode && current.mode !== base.mode && after.mode !== current.mode) return CONFLICT;
  const [baseBytes, ours, theirs] = [
    await wholeContent(await contents.base(base), THREE_WAY_LIMIT_BYTES),
    await wholeContent(await contents.current(item.from ?? item.path), THREE_WAY_LIMIT_BYTES),
    await wholeContent(await contents.after(item.path), THREE_WAY_LIMIT_BYTES),
  ];
  if (!baseBytes || !ours || !theirs) return CONFLICT;
  // What was decided on must be what is merged.
  const digests = [sha256Of(baseBytes), sha256Of(ours), sha256Of(theirs)];
  if (digests[0] !== base.sha256 || digests[1] !== current.sha256 || digests[2] !== after.sha256) return CONFLICT;
  const merged = mergeThreeWay(baseBytes, ours, theirs);
  if (!merged.clean) return CONFLICT;
  const mode = after.mode === base.mode ? current.mode : after.mode;
  const state: FileState = { type: 'file', mode, sizeBytes: merged.bytes.length, sha256: sha256Of(merged.bytes) };
  return { verdict: 'take', after: state, source: { from: 'bytes', bytes: merged.bytes } };
}
