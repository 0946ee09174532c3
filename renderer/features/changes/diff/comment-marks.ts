import { type EditorState, type Extension, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, WidgetType } from '@codemirror/view';
import type { Comment } from '../../../../schema/contract/review.ts';
import { type CommentActions, commentThread } from './comment-thread.ts';

export type CommentedSide = Comment['side'];

/** A line that has comments, or is to get one. */
export interface CommentedLine {
  readonly side: CommentedSide;
  /** 1 for the first. */
  readonly line: number;
  readonly comments: readonly Comment[];
  readonly isWriting: boolean;
}

/** Where a commented line stands on both sides. */
export interface PlacedLine extends CommentedLine {
  readonly at: Readonly<Record<CommentedSide, number>>;
}

export const setCommentedLines = StateEffect.define<readonly PlacedLine[]>();

export interface CommentMarkOptions extends CommentActions {
  readonly side: CommentedSide;
  /** `split`: what the other side shows leaves the same room here, so that lines stay beside one another. */
  readonly layout: 'split' | 'inline';
}

/** Shows comments under their lines. */
export function commentMarking(options: CommentMarkOptions): Extension {
  return StateField.define<DecorationSet>({
    create: () => Decoration.none,
    update(marks, transaction) {
      const lines = transaction.effects.findLast((effect) => effect.is(setCommentedLines))?.value;
      return lines === undefined ? marks.map(transaction.changes) : place(lines, transaction.state, options);
    },
    provide: (field) => EditorView.decorations.from(field),
  });
}

function place(lines: readonly PlacedLine[], { doc }: EditorState, options: CommentMarkOptions): DecorationSet {
  const ranges = lines.map((line) => {
    const number = Math.min(Math.max(1, line.at[options.side]), doc.lines);
    const isRoom = line.side !== options.side && options.layout === 'split';
    const widget = new ThreadWidget(line, { ...options, role: isRoom ? 'room' : 'thread' });
    return Decoration.widget({ widget, block: true, side: 1 }).range(doc.line(number).to);
  });
  return Decoration.set(ranges, true);
}

interface ThreadWidgetOptions extends CommentMarkOptions {
  readonly role: 'thread' | 'room';
}

class ThreadWidget extends WidgetType {
  readonly #line: CommentedLine;
  readonly #options: ThreadWidgetOptions;

  constructor(line: CommentedLine, options: ThreadWidgetOptions) {
    super();
    this.#line = line;
    this.#options = options;
  }

  override eq(other: WidgetType): boolean {
    if (!(other instanceof ThreadWidget) || other.#options.role !== this.#options.role) return false;
    return JSON.stringify(other.#line) === JSON.stringify(this.#line);
  }

  override toDOM(): HTMLElement {
    const thread = commentThread(this.#line, this.#options);
    if (this.#options.role === 'room') {
      thread.inert = true;
      for (const named of thread.querySelectorAll('[aria-label]')) named.removeAttribute('aria-label');
      thread.classList.add('comment-room');
    }
    return thread;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}
