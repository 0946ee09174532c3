import type { FileReview } from '../../../../schema/contract/review.ts';
import { type BytePath, toText } from '../files/byte-path.ts';
import type { ChangeItem } from '../listing/change-item.ts';
import { sharedContent } from '../files/content.ts';
import { TEXT_LIMIT_BYTES } from '../diff/diff-side.ts';
import { type FileState, digestOf, sameState } from '../files/file-state.ts';
import type { MergeContents } from '../merge/merge-decision.ts';
import type { ExpectedFile, MadeFile } from '../diff/text-operations.ts';

/** What the operator said about changes, by path. */
export type ReviewAnswers = ReadonlyMap<BytePath, FileReview>;

/** What a decision comes to: the session's change as it is, other bytes in its place, or nothing. */
export type Answer =
  | { readonly kind: 'whole' }
  /** `part`: what is left of the change stays a change. */
  | { readonly kind: 'bytes'; readonly file: MadeFile; readonly part: boolean }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'conflict' };

const STALE = 'the session changed it since it was looked at';

/** True for a decision that takes something of a change. */
export function takes(review: FileReview | undefined): review is FileReview {
  return review !== undefined && (review.verdict === 'accepted' || review.verdict === 'edited' || takesHunks(review));
}

function takesHunks(review: FileReview): boolean {
  return review.verdict === 'hunks' && (review.hunks ?? []).some((hunk) => hunk.verdict !== 'rejected');
}

/** Undefined where the session's change is meant and the operator left the path alone. Throws `review_invalid`. */
export async function answerFor(
  item: ChangeItem,
  review: FileReview | undefined,
  contents: MergeContents,
): Promise<Answer | undefined> {
  if (review === undefined) return undefined;
  if (review.sha256 !== digestOf(item.after)) return { kind: 'refused', reason: STALE };
  const operators = (item.currentFrom ?? item.current).state;
  const solved = review.workspaceSha256;
  // It was solved against what the operator had then.
  if (solved !== undefined && solved !== digestOf(operators)) return { kind: 'conflict' };
  if (review.verdict === 'accepted') return solved === undefined ? undefined : { kind: 'whole' };
  if (review.verdict === 'edited') {
    if (item.conflict && solved === undefined) return { kind: 'conflict' };
    return edited(item, review, contents);
  }
  return item.base === undefined ? { kind: 'conflict' } : someHunks(item, review, contents);
}

async function edited(item: ChangeItem, review: FileReview, contents: MergeContents): Promise<Answer> {
  if (item.after.type === 'symlink' || item.after.type === 'folder') return notText(item);
  const like = await sideOf(item, item.after.type === 'absent' ? 'before' : 'after', contents);
  const file = like && (await contents.texts.run('edited', { like, text: review.text ?? '' }));
  return file === undefined ? notText(item) : { kind: 'bytes', file, part: false };
}

async function someHunks(item: ChangeItem, review: FileReview, contents: MergeContents): Promise<Answer> {
  const isNew = item.base?.type === 'absent';
  const isGone = item.after.type === 'absent';
  const before = isNew ? undefined : await sideOf(item, 'before', contents);
  const after = isGone ? undefined : await sideOf(item, 'after', contents);
  if ((!isNew && before === undefined) || (!isGone && after === undefined)) return notText(item);
  const hunks = review.hunks ?? [];
  const file = await contents.texts.run('takeHunks', { path: toText(item.path), before, after, hunks });
  return file === undefined ? notText(item) : { kind: 'bytes', file, part: true };
}

function notText(item: ChangeItem): Answer {
  return { kind: 'refused', reason: `"${toText(item.path)}" is no text of at most 8 MiB; it can only be taken whole` };
}

async function sideOf(
  item: ChangeItem,
  side: 'before' | 'after',
  contents: MergeContents,
): Promise<ExpectedFile | undefined> {
  const state = side === 'after' ? item.after : item.base;
  if (state?.type !== 'file' || state.sizeBytes > TEXT_LIMIT_BYTES) return undefined;
  const bytes = await sharedContent(await contentOf(item, side, contents), state.sizeBytes);
  return bytes && { bytes, sha256: state.sha256 };
}

function contentOf(item: ChangeItem, side: 'before' | 'after', contents: MergeContents) {
  if (side === 'after') return contents.after(item.path);
  const { base } = item;
  const operators = (item.currentFrom ?? item.current).state;
  // The workspace still has it; the store need not.
  if (base === undefined || sameState(operators, base)) return contents.current(item.from ?? item.path);
  return contents.base(base);
}

/** The file that other bytes in place of the session's make. */
export function stateWith(item: ChangeItem, { bytes, sha256 }: MadeFile): FileState {
  const mode = modeOf(item.after) ?? modeOf(item.base) ?? 0o644;
  return { type: 'file', mode, sizeBytes: bytes.length, sha256 };
}

function modeOf(state: FileState | undefined): number | undefined {
  return state?.type === 'file' ? state.mode : undefined;
}

export interface AnsweredItems {
  readonly items: readonly ChangeItem[];
  /** What takes the place of the session's content. */
  readonly bytes: ReadonlyMap<BytePath, Uint8Array>;
  /** Their decisions do not fit what is there now. */
  readonly refused: readonly BytePath[];
}

/** Changes as the review has them, for what is made of them elsewhere than in the workspace. */
export async function answeredItems(
  items: readonly ChangeItem[],
  answers: ReviewAnswers | undefined,
  contents: MergeContents,
): Promise<AnsweredItems> {
  const bytes = new Map<BytePath, Uint8Array>();
  const refused: BytePath[] = [];
  const taken: ChangeItem[] = [];
  for (const item of items) {
    const answer = await answerFor(item, answers?.get(item.path), contents);
    if (answer?.kind === 'refused' || answer?.kind === 'conflict') refused.push(item.path);
    else if (answer?.kind === 'bytes') {
      bytes.set(item.path, answer.file.bytes);
      taken.push({ ...item, after: stateWith(item, answer.file) });
    } else taken.push(item);
  }
  return { items: taken, bytes, refused };
}
