import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import type { Chunk } from '@codemirror/merge';
import { highlightSelectionMatches, search, searchKeymap, searchPanelOpen } from '@codemirror/search';
import { Compartment, EditorState, type Extension, type Text } from '@codemirror/state';
import {
  EditorView,
  highlightActiveLine,
  highlightTrailingWhitespace,
  highlightWhitespace,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import type { HunkReview } from '../../../../schema/contract/review.ts';
import type { CommentActions } from './comment-thread.ts';
import { type CommentedLine, type CommentedSide, commentMarking, setCommentedLines } from './comment-marks.ts';
import { languageOf } from '../../../ui/code-languages.ts';
import { codePhrases } from '../../../ui/code-phrases.ts';
import { codeTheme } from '../../../ui/code-theme.ts';
import { openViews } from './diff-views.ts';
import { chunksOf, hunkMarking, hunkMarks, setHunkMarks } from './hunk-marks.ts';
import { type DiffDocuments, hunkKey, hunkReviews, type HunkVerdicts, reverting, type Verdict } from './hunks.ts';
import { lineBreakOf, splitAt } from './line-breaks.ts';

export type DiffLayout = 'split' | 'inline';

export interface DiffOptions {
  readonly layout: DiffLayout;
  readonly context: 'folded' | 'whole';
  readonly whitespace: 'shown' | 'hidden';
  readonly lines: 'wrapped' | 'cut';
}

export interface ReviewEditorEvents extends CommentActions {
  readonly onHunks: (hunks: readonly HunkReview[]) => void;
  readonly onCurrent: (place: { readonly index: number; readonly count: number }) => void;
  /** What was typed, without the hunks that are rejected. */
  readonly onEdited: (text: string) => void;
  readonly onComment: (side: CommentedSide, line: number) => void;
  readonly onEditing: (editing: 'on' | 'off') => void;
}

export interface ReviewEditorOptions extends DiffOptions, ReviewEditorEvents {
  readonly host: HTMLElement;
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly verdicts: HunkVerdicts;
  /** The new text is not the session's: it was edited before. */
  readonly isEdited: boolean;
  readonly nonce: string;
  /** Whether hunks can be decided and the text be edited. */
  readonly reviewed: 'yes' | 'no';
}

const EDIT_DELAY_MS = 250;
/** Beyond this, colours cost more than they tell. */
const LANGUAGE_LIMIT = 2_000_000;

/** Two texts beside or above one another, by word; its hunks can be decided, its new side be edited. */
export class ReviewEditor implements Disposable {
  readonly #options: ReviewEditorOptions;
  readonly #views: readonly EditorView[];
  readonly #after: EditorView;
  readonly #before: Text;
  readonly #scroller: HTMLElement;
  readonly #destroy: () => void;
  readonly #writing = new Compartment();
  readonly #look = new Compartment();
  readonly #language = new Compartment();
  #editTimer: ReturnType<typeof setTimeout> | undefined;
  #isGone = false;
  #isEdited: boolean;

  constructor(options: ReviewEditorOptions) {
    this.#options = options;
    this.#isEdited = options.isEdited;
    const lineBreak = splitAt(lineBreakOf(options.before, options.after));
    this.#before = EditorState.create({ doc: options.before, extensions: lineBreak }).doc;
    const extensions = (side: 'a' | 'b'): Extension => [lineBreak, this.#extensions(side)];
    const shown = openViews({ ...options, before: this.#before, extensions });
    this.#views = shown.views;
    this.#after = shown.after;
    this.#scroller = shown.scroller;
    this.#destroy = shown.destroy;
    this.#mark(options.verdicts, this.#firstOpen(options.verdicts));
    void this.#colour();
  }

  get hunkCount(): number {
    return this.#chunks.length;
  }

  get isEditing(): boolean {
    return !this.#after.state.readOnly;
  }

  /** Brings the next hunk, or the one before, into sight; false where there is none. */
  moveHunk(step: 1 | -1): boolean {
    const at = this.#currentIndex();
    const next = at === -1 ? (step === 1 ? 0 : this.#chunks.length - 1) : at + step;
    const chunk = this.#chunks[next];
    if (chunk === undefined) return false;
    this.#mark(this.#marks.verdicts, hunkKey(chunk, this.#before));
    this.#reveal(chunk);
    return true;
  }

  /** Scrolls to the hunk that the keys are about. */
  revealCurrent(): void {
    const chunk = this.#chunks[this.#currentIndex()];
    if (chunk !== undefined) this.#reveal(chunk);
  }

  /** Decides the current hunk, or takes that back where it was decided so, and goes on to the next. */
  decide(verdict: Verdict): void {
    const chunk = this.#chunks[this.#currentIndex()];
    if (chunk === undefined) return;
    this.#decide(chunk, verdict);
    this.moveHunk(1);
  }

  decideAll(verdict: Verdict | undefined): void {
    const keys = this.#chunks.map((chunk) => hunkKey(chunk, this.#before));
    const verdicts = verdict === undefined ? {} : Object.fromEntries(keys.map((key) => [key, verdict]));
    this.#mark(verdicts, this.#marks.current);
  }

  setLook(options: Pick<DiffOptions, 'whitespace' | 'lines'>): void {
    for (const view of this.#views) view.dispatch({ effects: this.#look.reconfigure(look(options)) });
  }

  setEditing(editing: 'on' | 'off'): void {
    const effects = this.#writing.reconfigure(EditorState.readOnly.of(editing === 'off'));
    this.#after.dispatch({ effects });
    if (editing === 'on') this.#after.focus();
    else this.#tellEdited();
    this.#options.onEditing(editing);
  }

  showComments(lines: readonly CommentedLine[]): void {
    const placed = lines.map((line) => ({ ...line, at: this.#bothSides(line.side, line.line) }));
    for (const view of this.#views) view.dispatch({ effects: setCommentedLines.of(placed) });
  }

  /** The line that a comment would be on: where the cursor is, or where the current hunk begins. */
  commentHere(): void {
    const focused = this.#views.find((view) => view.hasFocus);
    if (focused === undefined) {
      const chunk = this.#chunks[this.#currentIndex()];
      const isGone = chunk !== undefined && chunk.fromB === chunk.toB && this.#views.length > 1;
      const [side, text, at] = isGone
        ? (['before', this.#before, chunk.fromA] as const)
        : (['after', this.#after.state.doc, chunk?.fromB ?? 0] as const);
      this.#options.onComment(side, text.lineAt(Math.min(at, text.length)).number);
      return;
    }
    const { doc, selection } = focused.state;
    this.#options.onComment(focused === this.#after ? 'after' : 'before', doc.lineAt(selection.main.head).number);
  }

  quote(side: CommentedSide, line: number): string {
    const text = side === 'after' ? this.#after.state.doc : this.#before;
    return text.line(Math.min(line, text.lines)).text.slice(0, 500);
  }

  focus(): void {
    this.#after.focus();
  }

  /** Where the first line in sight begins. */
  get top(): number {
    const height = this.#scroller.getBoundingClientRect().top - this.#after.documentTop;
    return this.#after.lineBlockAtHeight(height).from;
  }

  scrollTo(top: number): void {
    const position = Math.min(top, this.#after.state.doc.length);
    this.#after.dispatch({ effects: EditorView.scrollIntoView(position, { y: 'start' }) });
  }

  [Symbol.dispose](): void {
    if (this.#isGone) return;
    this.#tellEdited();
    this.#isGone = true;
    this.#destroy();
  }

  get #chunks(): readonly Chunk[] {
    return chunksOf(this.#after.state);
  }

  get #marks() {
    return this.#after.state.field(hunkMarks);
  }

  get #documents(): DiffDocuments {
    return { before: this.#before, after: this.#after.state.doc };
  }

  #extensions(side: 'a' | 'b'): Extension {
    const { path, nonce, reviewed, layout } = this.#options;
    return [
      lineNumbers({ domEventHandlers: { click: (view, block) => this.#onLineNumber(view, block.from) } }),
      hunkMarks,
      reviewed === 'yes'
        ? hunkMarking({ side, before: this.#before, onDecide: (chunk, verdict) => this.#decide(chunk, verdict) })
        : [],
      commentMarking({ ...this.#options, side: side === 'a' ? 'before' : 'after', layout }),
      search({ top: true }),
      highlightSelectionMatches(),
      highlightActiveLine(),
      history(),
      keymap.of([{ key: 'Escape', run: () => this.#leave() }, ...searchKeymap, ...historyKeymap, ...defaultKeymap]),
      side === 'b' ? this.#writing.of(EditorState.readOnly.of(true)) : EditorState.readOnly.of(true),
      this.#look.of(look(this.#options)),
      EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': path, 'aria-readonly': 'true' }),
      EditorView.cspNonce.of(nonce),
      EditorView.updateListener.of((update) => {
        if (update.docChanged && side === 'b') this.#editedSoon();
        if (update.selectionSet && update.view.hasFocus) this.#followCursor(update.view);
      }),
      codePhrases,
      codeTheme,
      this.#language.of([]),
    ];
  }

  /** Escape first closes the search, then ends editing. */
  #leave(): boolean {
    if (!this.isEditing || this.#views.some((view) => searchPanelOpen(view.state))) return false;
    this.setEditing('off');
    return true;
  }

  #onLineNumber(view: EditorView, position: number): boolean {
    if (this.#options.reviewed === 'no') return false;
    const line = view.state.doc.lineAt(position).number;
    this.#options.onComment(view === this.#after ? 'after' : 'before', line);
    return true;
  }

  #decide(chunk: Chunk, verdict: Verdict): void {
    const key = hunkKey(chunk, this.#before);
    const { [key]: former, ...others } = this.#marks.verdicts;
    this.#mark(former === verdict ? others : { ...others, [key]: verdict }, key);
    if (this.#isEdited) this.#options.onEdited(this.#composed());
    else this.#options.onHunks(hunkReviews(this.#chunks, this.#marks.verdicts, this.#documents));
  }

  #mark(verdicts: HunkVerdicts, current: string | undefined): void {
    for (const view of this.#views) view.dispatch({ effects: setHunkMarks.of({ verdicts, current }) });
    this.#options.onCurrent({ index: this.#currentIndex(), count: this.#chunks.length });
  }

  #currentIndex(): number {
    const { current } = this.#marks;
    return current === undefined ? -1 : this.#chunks.findIndex((chunk) => hunkKey(chunk, this.#before) === current);
  }

  #firstOpen(verdicts: HunkVerdicts): string | undefined {
    const keys = this.#chunks.slice(0, 1).map((chunk) => hunkKey(chunk, this.#before));
    if (Object.keys(verdicts).length === 0) return keys[0];
    const open = this.#chunks.find((chunk) => verdicts[hunkKey(chunk, this.#before)] === undefined);
    return open === undefined ? keys[0] : hunkKey(open, this.#before);
  }

  #followCursor(view: EditorView): void {
    const { head } = view.state.selection.main;
    const isAfter = view === this.#after;
    const under = this.#chunks.find((chunk) =>
      isAfter ? chunk.fromB <= head && head <= chunk.endB : chunk.fromA <= head && head <= chunk.endA,
    );
    const key = under === undefined ? undefined : hunkKey(under, this.#before);
    if (key === undefined || key === this.#marks.current) return;
    // An update must not begin while another one is being told.
    queueMicrotask(() => (this.#isGone ? undefined : this.#mark(this.#marks.verdicts, key)));
  }

  #reveal(chunk: Chunk): void {
    const position = Math.min(chunk.fromB, this.#after.state.doc.length);
    const isFocused = this.#after.hasFocus;
    this.#after.dispatch({
      ...(isFocused ? { selection: { anchor: position } } : {}),
      effects: EditorView.scrollIntoView(position, { y: 'start', yMargin: 80 }),
    });
  }

  #bothSides(side: CommentedSide, line: number): Record<CommentedSide, number> {
    const { before, after } = this.#documents;
    const own = side === 'after' ? after : before;
    const other = side === 'after' ? before : after;
    let mirrored = line;
    for (const chunk of this.#chunks) {
      const [ownTo, otherTo] = side === 'after' ? [chunk.toB, chunk.toA] : [chunk.toA, chunk.toB];
      const ownLine = own.lineAt(Math.min(ownTo, own.length)).number;
      if (ownLine > line) break;
      mirrored = line + other.lineAt(Math.min(otherTo, other.length)).number - ownLine;
    }
    return side === 'after' ? { after: line, before: mirrored } : { before: line, after: mirrored };
  }

  #editedSoon(): void {
    this.#isEdited = true;
    clearTimeout(this.#editTimer);
    this.#editTimer = setTimeout(() => this.#tellEdited(), EDIT_DELAY_MS);
  }

  #tellEdited(): void {
    if (this.#editTimer === undefined) return;
    clearTimeout(this.#editTimer);
    this.#editTimer = undefined;
    this.#options.onEdited(this.#composed());
  }

  /** The new text without the hunks that are rejected. */
  #composed(): string {
    const { verdicts } = this.#marks;
    const rejected = this.#chunks.filter((chunk) => verdicts[hunkKey(chunk, this.#before)] === 'rejected');
    const changes = rejected.map((chunk) => reverting(chunk, this.#documents));
    return this.#after.state.update({ changes }).state.sliceDoc();
  }

  async #colour(): Promise<void> {
    if (Math.max(this.#options.before.length, this.#options.after.length) > LANGUAGE_LIMIT) return;
    const support = await languageOf(this.#options.path);
    if (this.#isGone) return;
    for (const view of this.#views) view.dispatch({ effects: this.#language.reconfigure(support) });
  }
}

function look({ whitespace, lines }: Pick<DiffOptions, 'whitespace' | 'lines'>): Extension {
  return [
    whitespace === 'shown' ? [highlightWhitespace(), highlightTrailingWhitespace()] : [],
    lines === 'wrapped' ? EditorView.lineWrapping : [],
  ];
}
