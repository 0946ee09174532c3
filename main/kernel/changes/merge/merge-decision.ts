import type { FileReview } from '../../../../schema/contract/review.ts';
import type { BytePath } from '../files/byte-path.ts';
import { type ChangeItem, refusalOf } from '../listing/change-item.ts';
import { type Content, sharedContent } from '../files/content.ts';
import { type FileState, sameState } from '../files/file-state.ts';
import { answerFor, stateWith } from '../review/review-answer.ts';
import type { TextWork } from '../diff/text-operations.ts';
import { THREE_WAY_LIMIT_BYTES } from '../three-way/three-way.ts';

/** Where the new content of a path comes from: the layer, or bytes that only now came to be. */
export type MergeSource =
  | { readonly from: 'layer'; readonly path: BytePath }
  | { readonly from: 'bytes'; readonly bytes: Buffer };

export type MergeDecision =
  | {
      readonly verdict: 'take';
      readonly after: FileState;
      readonly source: MergeSource;
      /** What of the session's change the path is judged against from then on, where that is not all of it. */
      readonly part?: { readonly state: FileState; readonly bytes: Buffer };
    }
  | { readonly verdict: 'conflict' }
  | { readonly verdict: 'refused'; readonly reason: string };

/** The contents that a three-way merge reads. */
export interface MergeContents {
  base(state: FileState): Promise<Content>;
  current(path: BytePath): Promise<Content>;
  after(path: BytePath): Promise<Content>;
  readonly texts: TextWork;
}

const CONFLICT: MergeDecision = { verdict: 'conflict' };

/** What the session made of a path, or what the operator made of that. */
interface Theirs {
  readonly state: FileState;
  readonly source: MergeSource;
}

/** Decides one change: taken as it is where the operator left the path alone, merged where both changed a text in different places. */
export async function decideChange(
  item: ChangeItem,
  contents: MergeContents,
  review?: FileReview,
): Promise<MergeDecision> {
  const reason = refusalOf(item);
  if (reason !== undefined) return { verdict: 'refused', reason };
  const answer = await answerFor(item, review, contents);
  if (answer?.kind === 'refused') return { verdict: 'refused', reason: answer.reason };
  if (answer?.kind === 'conflict') return CONFLICT;
  const whole: Theirs = { state: item.after, source: { from: 'layer', path: item.path } };
  if (answer === undefined) return weigh(item, whole, contents);
  if (answer.kind === 'whole') return standsInItsWay(item) ? CONFLICT : take(whole);
  const bytes = asBuffer(answer.file.bytes);
  const theirs: Theirs = { state: stateWith(item, answer.file), source: { from: 'bytes', bytes } };
  const isSolved = review?.workspaceSha256 !== undefined && !answer.part;
  const decision = isSolved && !standsInItsWay(item) ? take(theirs) : await weigh(item, theirs, contents);
  if (decision.verdict !== 'take' || !answer.part) return decision;
  return { ...decision, part: { state: theirs.state, bytes } };
}

function take({ state, source }: Theirs): MergeDecision {
  return { verdict: 'take', after: state, source };
}

/** What is moved never takes the place of something else. */
function standsInItsWay(item: ChangeItem): boolean {
  return item.kind === 'renamed' && item.current.state.type !== 'absent';
}

async function weigh(item: ChangeItem, theirs: Theirs, contents: MergeContents): Promise<MergeDecision> {
  const { base } = item;
  if (base === undefined || item.conflict || standsInItsWay(item)) return CONFLICT;
  const operators = item.currentFrom ?? item.current;
  if (sameState(operators.state, base) || sameState(operators.state, theirs.state)) return take(theirs);
  return mergeTexts(item, theirs, contents);
}

async function mergeTexts(item: ChangeItem, theirs: Theirs, contents: MergeContents): Promise<MergeDecision> {
  const { base } = item;
  const after = theirs.state;
  const current = (item.currentFrom ?? item.current).state;
  if (base?.type !== 'file' || after.type !== 'file' || current.type !== 'file') return CONFLICT;
  if (after.mode !== base.mode && current.mode !== base.mode && after.mode !== current.mode) return CONFLICT;
  if ([base, current, after].some(({ sizeBytes }) => sizeBytes > THREE_WAY_LIMIT_BYTES)) return CONFLICT;
  const [baseBytes, oursBytes, theirBytes] = [
    await sharedContent(await contents.base(base), base.sizeBytes),
    await sharedContent(await contents.current(item.from ?? item.path), current.sizeBytes),
    theirs.source.from === 'bytes'
      ? theirs.source.bytes
      : await sharedContent(await contents.after(item.path), after.sizeBytes),
  ];
  if (!baseBytes || !oursBytes || !theirBytes) return CONFLICT;
  const merged = await contents.texts.run('merge', {
    base: { bytes: baseBytes, sha256: base.sha256 },
    ours: { bytes: oursBytes, sha256: current.sha256 },
    theirs: { bytes: theirBytes, sha256: after.sha256 },
  });
  if (merged === undefined) return CONFLICT;
  const mode = after.mode === base.mode ? current.mode : after.mode;
  const bytes = asBuffer(merged.bytes);
  const state: FileState = { type: 'file', mode, sizeBytes: bytes.length, sha256: merged.sha256 };
  return { verdict: 'take', after: state, source: { from: 'bytes', bytes } };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
