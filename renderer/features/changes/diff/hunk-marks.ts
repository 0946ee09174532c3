import { type Chunk, getChunks } from '@codemirror/merge';
import {
  type EditorState,
  type Extension,
  RangeSet,
  RangeSetBuilder,
  StateEffect,
  StateField,
  type Text,
} from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  GutterMarker,
  gutter,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';
import { messages } from '../messages.ts';
import { glyphButton } from './glyphs.ts';
import { hunkKey, type HunkVerdicts, type Verdict } from './hunks.ts';

export interface HunkMarks {
  readonly verdicts: HunkVerdicts;
  /** The hunk that the keys are about. */
  readonly current: string | undefined;
}

export const setHunkMarks = StateEffect.define<HunkMarks>();

export const hunkMarks = StateField.define<HunkMarks>({
  create: () => ({ verdicts: {}, current: undefined }),
  update: (marks, { effects }) => effects.findLast((effect) => effect.is(setHunkMarks))?.value ?? marks,
});

export interface HunkMarkOptions {
  readonly side: 'a' | 'b';
  /** The former text, which no edit changes. */
  readonly before: Text;
  readonly onDecide: (chunk: Chunk, verdict: Verdict) => void;
}

/** Shows at each hunk what was decided of it; on the new side with the buttons to decide. */
export function hunkMarking(options: HunkMarkOptions): Extension {
  const plugin = ViewPlugin.define((view) => new HunkPainter(view, options), { decorations: (each) => each.lines });
  if (options.side === 'a') return plugin;
  return [
    plugin,
    gutter({
      class: 'cm-hunkGutter',
      markers: (view) => view.plugin(plugin)?.buttons ?? RangeSet.empty,
      lineMarkerChange: (update) => hasNews(update),
    }),
  ];
}

function hasNews({ startState, state, docChanged, viewportChanged }: ViewUpdate): boolean {
  const isSame = startState.field(hunkMarks, false) === state.field(hunkMarks, false);
  return docChanged || viewportChanged || !isSame || chunksOf(startState) !== chunksOf(state);
}

export function chunksOf(state: EditorState): readonly Chunk[] {
  return getChunks(state)?.chunks ?? [];
}

/** Draws what is in sight. */
class HunkPainter {
  lines: DecorationSet = Decoration.none;
  buttons: RangeSet<GutterMarker> = RangeSet.empty;
  readonly #options: HunkMarkOptions;

  constructor(view: EditorView, options: HunkMarkOptions) {
    this.#options = options;
    this.#paint(view);
  }

  update(update: ViewUpdate): void {
    if (hasNews(update)) this.#paint(update.view);
  }

  #paint({ state, viewport }: EditorView): void {
    const { side, before, onDecide } = this.#options;
    const { verdicts, current } = state.field(hunkMarks);
    const lines = new RangeSetBuilder<Decoration>();
    const buttons = new RangeSetBuilder<GutterMarker>();
    for (const chunk of chunksOf(state)) {
      const { from, to, end } = rangeOf(chunk, side);
      if (from > viewport.to) break;
      if (end < viewport.from) continue;
      const key = hunkKey(chunk, before);
      const verdict = verdicts[key];
      const isCurrent = key === current;
      const first = state.doc.lineAt(Math.min(from, state.doc.length)).from;
      buttons.add(first, first, new HunkMarker({ chunk, verdict, isCurrent, onDecide }));
      if (from === to) continue;
      const range = { from: Math.max(first, viewport.from), to: Math.min(end, viewport.to) };
      addLines(lines, state.doc, { ...range, decoration: lineMark(verdict, isCurrent ? 'current' : 'other') });
    }
    this.lines = lines.finish();
    this.buttons = buttons.finish();
  }
}

function rangeOf(chunk: Chunk, side: 'a' | 'b'): { from: number; to: number; end: number } {
  return side === 'a'
    ? { from: chunk.fromA, to: chunk.toA, end: chunk.endA }
    : { from: chunk.fromB, to: chunk.toB, end: chunk.endB };
}

function lineMark(verdict: Verdict | undefined, place: 'current' | 'other'): Decoration {
  const attributes = { 'data-verdict': verdict ?? 'open', ...(place === 'current' ? { 'data-current': '' } : {}) };
  return Decoration.line({ attributes });
}

interface MarkedLines {
  readonly from: number;
  readonly to: number;
  readonly decoration: Decoration;
}

function addLines(builder: RangeSetBuilder<Decoration>, text: Text, { from, to, decoration }: MarkedLines): void {
  for (let number = text.lineAt(from).number; number <= text.lines; number += 1) {
    const line = text.line(number);
    if (line.from > to) return;
    builder.add(line.from, line.from, decoration);
  }
}

interface HunkMarkerOptions {
  readonly chunk: Chunk;
  readonly verdict: Verdict | undefined;
  readonly isCurrent: boolean;
  readonly onDecide: HunkMarkOptions['onDecide'];
}

class HunkMarker extends GutterMarker {
  readonly #options: HunkMarkerOptions;

  constructor(options: HunkMarkerOptions) {
    super();
    this.#options = options;
  }

  override eq(other: GutterMarker): boolean {
    if (!(other instanceof HunkMarker)) return false;
    const { chunk, verdict, isCurrent } = other.#options;
    const own = this.#options;
    return own.chunk === chunk && own.verdict === verdict && own.isCurrent === isCurrent;
  }

  override toDOM(): Node {
    const { chunk, verdict, isCurrent, onDecide } = this.#options;
    const mark = document.createElement('div');
    mark.className = 'hunk-mark';
    mark.dataset.verdict = verdict ?? 'open';
    if (isCurrent) mark.dataset.current = '';
    mark.append(
      glyphButton({ name: 'accept', label: messages.acceptHunk, onPress: () => onDecide(chunk, 'accepted') }),
      glyphButton({ name: 'reject', label: messages.rejectHunk, onPress: () => onDecide(chunk, 'rejected') }),
    );
    return mark;
  }
}
