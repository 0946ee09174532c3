import type { ConflictPiece } from '../../../../schema/contract/changes.ts';
import type { HunkReview } from '../../../../schema/contract/review.ts';
import { type ThreeTexts, conflictPieces } from '../three-way/conflict-view.ts';
import { sha256Of } from '../files/file-state.ts';
import { type LineDiff, diffLines } from './line-diff.ts';
import { applyHunks } from './line-hunks.ts';
import { type PatchFile, filePatch } from '../patch/patch.ts';
import { type FileText, decodeFile, encodeText, likeBefore } from './text-codec.ts';
import { mergeThreeWay } from '../three-way/three-way.ts';
import { PatchRefused, applyPatch, parsePatch } from '../patch/unified-patch.ts';

/** The bytes of a file, and what they are expected to be. */
export interface ExpectedFile {
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** A file that was made of others. */
export type MadeFile = ExpectedFile;

export interface FileSides {
  readonly base: ExpectedFile;
  readonly ours: ExpectedFile;
  readonly theirs: ExpectedFile;
}

/** What of a change is taken; an absent side is an empty text. */
export interface TakenHunks {
  readonly path: string;
  readonly before: ExpectedFile | undefined;
  readonly after: ExpectedFile | undefined;
  readonly hunks: readonly HunkReview[];
}

/** Why a patch does not apply; 0 where it is not about a hunk. */
export interface PatchRefusal {
  readonly file: string;
  readonly hunk: number;
  readonly reason: string;
  readonly message: string;
}

/**
 * What takes long with long texts. Each is a pure function of what can cross to another thread; bytes may lie in memory
 * that is shared with the thread that asks.
 */
export const textOperations = {
  /** Undefined where one of them is no text. */
  hunks({ before, after }: { readonly before: Uint8Array; readonly after: Uint8Array }): LineDiff | undefined {
    const [old, fresh] = [asLines(owned(before)), asLines(owned(after))];
    return old && fresh && diffLines(old, fresh, { settle: 'at-block' });
  },

  /** Undefined for a conflict, and where a side is not what it is expected to be. */
  merge({ base, ours, theirs }: FileSides): MadeFile | undefined {
    const sides = [base, ours, theirs].map(checked);
    const [old, mine, yours] = sides;
    if (old === undefined || mine === undefined || yours === undefined) return undefined;
    const merged = mergeThreeWay(old, mine, yours);
    return merged.clean ? made(merged.bytes) : undefined;
  },

  pieces: (texts: ThreeTexts): ConflictPiece[] | undefined => conflictPieces(texts),

  /** Undefined for content that is no text. */
  patch: (file: PatchFile): string | undefined => filePatch(file),

  decode: (bytes: Uint8Array): FileText | undefined => decodeFile(owned(bytes)),

  /** An edited text in the encoding, with the line ends, of the file that it takes the place of; undefined where that is none. */
  edited({ like, text }: { readonly like: ExpectedFile; readonly text: string }): MadeFile | undefined {
    const file = textOf(like);
    return file && made(encodeText({ text: likeBefore(text, file.text), encoding: file.encoding }));
  },

  /** Undefined where a side is no text. Throws `review_invalid`. */
  takeHunks({ path, before, after, hunks }: TakenHunks): MadeFile | undefined {
    const none: FileText = { text: '', encoding: 'utf-8' };
    const [old, fresh] = [before ? textOf(before) : none, after ? textOf(after) : none];
    if (old === undefined || fresh === undefined) return undefined;
    const like = fresh.text === '' ? old : fresh;
    const ended = hunks.map((hunk) =>
      hunk.text === undefined ? hunk : { ...hunk, text: endsLike(hunk.text, like.text) },
    );
    const text = applyHunks({ path, before: old.text, after: fresh.text }, ended);
    return made(encodeText({ text, encoding: like.encoding }));
  },

  /** The files that a patch is of, as they are before it. */
  patchedFiles(patch: string): string[] | PatchRefusal {
    return refusalOr(() => parsePatch(patch).map((file) => file.from ?? file.to ?? ''));
  },

  /** Undefined where a patch applies to the files, in its order; a file that is not there is undefined. */
  checkPatch({ patch, files }: { readonly patch: string; readonly files: readonly (Uint8Array | undefined)[] }) {
    const done = refusalOr(() => {
      parsePatch(patch).forEach((file, index) => {
        const before = files[index];
        applyPatch(file, before && owned(before).toString());
      });
      return undefined;
    });
    return done;
  },
};

export type TextOperations = typeof textOperations;

/** Port: runs operations on texts beside the kernel's thread. Rejects with the operation's Fault. */
export interface TextWork {
  run<K extends keyof TextOperations>(
    operation: K,
    input: Parameters<TextOperations[K]>[0],
  ): Promise<ReturnType<TextOperations[K]>>;
}

function refusalOr<T>(work: () => T): T | PatchRefusal {
  try {
    return work();
  } catch (thrown) {
    if (!(thrown instanceof PatchRefused)) throw thrown;
    const { file, hunk, reason, message } = thrown;
    return { file, hunk, reason, message };
  }
}

/** Not every decoder reads memory that is shared. */
function owned(bytes: Uint8Array): Buffer {
  if (bytes.buffer instanceof SharedArrayBuffer) return Buffer.from(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function made(bytes: Buffer): MadeFile {
  return { bytes, sha256: sha256Of(bytes) };
}

/** What was decided on must be what is worked on. */
function checked({ bytes, sha256 }: ExpectedFile): Buffer | undefined {
  const own = owned(bytes);
  return sha256Of(own) === sha256 ? own : undefined;
}

function textOf(file: ExpectedFile): FileText | undefined {
  const bytes = checked(file);
  return bytes && decodeFile(bytes);
}

/** A hunk in the middle of a text gets its line ends, but no byte order mark. */
function endsLike(text: string, like: string): string {
  return likeBefore(text, like.startsWith('\ufeff') ? like.slice(1) : like);
}

/** Bytes in which a line feed is 0x0a and nothing else is; undefined for what is no text. */
function asLines(bytes: Buffer): Uint8Array | undefined {
  const found = decodeFile(bytes);
  if (found === undefined) return undefined;
  return found.encoding.startsWith('utf-16') ? Buffer.from(found.text) : bytes;
}
