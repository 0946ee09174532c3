import { ChevronDown, ChevronUp, MessageSquarePlus, Pencil } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Comment, CommentSide } from '../../../../schema/contract/review.ts';
import type { Static } from 'typebox';
import type { Change } from '../../../../schema/entities.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { styleNonce } from '../../../ui/style-nonce.ts';
import '../../../ui/text-diff.css';
import type { ChangesStore } from '../changes-store.ts';
import { messages } from '../messages.ts';
import { reviewOf } from '../review-store.ts';
import type { CommentedLine } from './comment-marks.ts';
import type { DiffCommands, DiffCommandSlot } from './diff-commands.ts';
import { verdictsOf } from './hunks.ts';
import { ReviewEditor } from './review-editor.ts';

export interface ReviewDiffProps {
  readonly change: Change;
  readonly before: string;
  readonly after: string;
  /** Whether hunks can be decided, lines be commented and the text be edited. */
  readonly reviewed: 'yes' | 'no';
  readonly changes: ChangesStore;
  readonly commands: DiffCommandSlot;
}

interface WritingAt {
  readonly side: Static<typeof CommentSide>;
  readonly line: number;
}

/** Two texts with what was decided of their hunks and the comments on their lines. */
export function ReviewDiff(props: ReviewDiffProps) {
  const { change, reviewed, changes: store } = props;
  const { host, editor, current, editing, writingAt, setWritingAt } = useReviewEditor(props);
  const verdict = useStore(store.review.store, (state) => reviewOf(state.files, change)?.verdict);
  useComments({ ...props, editor, writingAt });
  return (
    <>
      <div className="text-diff" ref={host} data-editing={editing === 'on' || undefined} />
      {reviewed === 'no' ? null : (
        <footer className="diff-foot">
          <IconButton icon={ChevronUp} label={messages.previousHunk} onClick={() => editor?.moveHunk(-1)} />
          <IconButton icon={ChevronDown} label={messages.nextHunk} onClick={() => editor?.moveHunk(1)} />
          <span className="diff-place" aria-live="polite">
            {messages.hunkOf(current.index, current.count)}
          </span>
          <span className="grow truncate muted">
            {editing === 'on' ? messages.editing : verdict === 'edited' ? messages.edited : null}
          </span>
          {verdict === 'edited' && editing === 'off' ? (
            <Button size="small" tone="ghost" onClick={() => void store.review.decide([change], 'undecided')}>
              {messages.dropEdit}
            </Button>
          ) : null}
          <IconButton icon={MessageSquarePlus} label={messages.comment} onClick={() => editor?.commentHere()} />
          <Button
            className="button-folding"
            size="small"
            icon={Pencil}
            title={editing === 'on' ? messages.editDone : messages.edit}
            aria-pressed={editing === 'on'}
            onClick={() => {
              editor?.setEditing(editing === 'on' ? 'off' : 'on');
              if (writingAt) setWritingAt(undefined);
            }}
          >
            {editing === 'on' ? messages.editDone : messages.edit}
          </Button>
        </footer>
      )}
    </>
  );
}

function useReviewEditor({ change, before, after, reviewed, changes: store, commands }: ReviewDiffProps) {
  const host = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<ReviewEditor>();
  const [current, setCurrent] = useState({ index: -1, count: 0 });
  const [editing, setEditing] = useState<'on' | 'off'>('off');
  const [writingAt, setWritingAt] = useState<WritingAt>();
  const { layout, context, whitespace, lines } = useStore(store.store, (state) => state.diffOptions);
  const isTextDropped = useDroppedEdit(store, change);

  useEffect(() => {
    const parent = host.current;
    if (parent === null) return undefined;
    const review = reviewOf(store.review.store.getState().files, change);
    const isEdited = review?.verdict === 'edited' && review.text !== undefined;
    const made = new ReviewEditor({
      host: parent,
      path: change.path,
      before,
      after: isEdited ? (review.text ?? after) : after,
      isEdited,
      verdicts: verdictsOf(review?.hunks),
      reviewed,
      nonce: styleNonce(),
      ...store.store.getState().diffOptions,
      onHunks: (hunks) => void store.review.decideHunks(change, hunks, made.hunkCount),
      onEdited: (text) => void store.review.edit(change, text),
      onCurrent: setCurrent,
      onEditing: setEditing,
      onComment: (side, line) => setWritingAt({ side, line }),
      onCancel: () => {
        setWritingAt(undefined);
        made.focus();
      },
      onRemove: (comment) => void store.review.uncomment(comment.id),
      onWrite: ({ side, line }, text) => {
        setWritingAt(undefined);
        made.focus();
        void store.review.comment({ path: change.path, side, line, quote: made.quote(side, line), text });
      },
    });
    setEditor(made);
    // With the editor itself: a key pressed as soon as it shows must be about its hunk, not about the file.
    const unregister = commands.register(commandsOf(made, reviewed));
    const { place } = store.review.store.getState();
    if (place.path === change.path && place.top !== undefined) made.scrollTo(place.top);
    else made.revealCurrent();
    return () => {
      store.review.remember({ path: change.path, top: made.top });
      unregister();
      made[Symbol.dispose]();
      setEditor(undefined);
      setEditing('off');
    };
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- a verdict given in the editor must not make it anew
  }, [change, before, after, reviewed, layout, context, store, isTextDropped, commands]);

  useEffect(() => editor?.setLook({ whitespace, lines }), [editor, whitespace, lines]);
  useFileVerdict({ editor, change, store });
  return { host, editor, current, editing, writingAt, setWritingAt };
}

function commandsOf(editor: ReviewEditor, reviewed: ReviewDiffProps['reviewed']): DiffCommands {
  const moving = { moveHunk: (step: 1 | -1) => editor.moveHunk(step) };
  if (reviewed === 'no') return moving;
  return {
    ...moving,
    decide: (verdict) => {
      if (editor.hunkCount === 0) return false;
      editor.decide(verdict);
      return true;
    },
    comment: () => editor.commentHere(),
    edit: () => editor.setEditing('on'),
  };
}

/** Changes when an edited text is given up: the session's text is shown again. */
function useDroppedEdit(store: ChangesStore, change: Change): number {
  const [count, setCount] = useState(0);
  useEffect(
    () =>
      store.review.store.subscribe(({ files }, former) => {
        const [now, then] = [reviewOf(files, change), reviewOf(former.files, change)];
        if (then?.verdict === 'edited' && now?.verdict !== 'edited') setCount((each) => each + 1);
      }),
    [store, change],
  );
  return count;
}

interface FileVerdictOptions {
  readonly editor: ReviewEditor | undefined;
  readonly change: Change;
  readonly store: ChangesStore;
}

/** A verdict on the whole file is one on each of its hunks. */
function useFileVerdict({ editor, change, store }: FileVerdictOptions): void {
  const verdict = useStore(store.review.store, (state) => reviewOf(state.files, change)?.verdict);
  const former = useRef(verdict);
  useEffect(() => {
    if (verdict === 'accepted' || verdict === 'rejected') editor?.decideAll(verdict);
    // Only where it was taken back: a new editor may already have a decision on its way.
    else if (verdict === undefined && former.current !== undefined) editor?.decideAll(undefined);
    former.current = verdict;
  }, [editor, verdict]);
}

interface CommentsOptions extends Pick<ReviewDiffProps, 'change' | 'changes'> {
  readonly editor: ReviewEditor | undefined;
  readonly writingAt: WritingAt | undefined;
}

function useComments({ change, changes: store, editor, writingAt }: CommentsOptions): void {
  const comments = useStore(store.review.store, (state) => state.comments);
  const lines = useMemo(
    () =>
      commentedLines(
        comments.filter((comment) => comment.path === change.path),
        writingAt,
      ),
    [comments, change.path, writingAt],
  );
  useEffect(() => editor?.showComments(lines), [editor, lines]);
}

function commentedLines(comments: readonly Comment[], writingAt: WritingAt | undefined): readonly CommentedLine[] {
  const isAt = ({ side, line }: WritingAt): boolean => side === writingAt?.side && line === writingAt.line;
  const byLine = new Map<string, CommentedLine>();
  for (const comment of comments) {
    const { side, line } = comment;
    const key = `${side} ${line}`;
    const former = byLine.get(key)?.comments ?? [];
    byLine.set(key, { side, line, comments: [...former, comment], isWriting: isAt(comment) });
  }
  const lines = [...byLine.values()];
  if (writingAt === undefined || lines.some((line) => line.isWriting)) return lines;
  return [...lines, { ...writingAt, comments: [], isWriting: true }];
}
